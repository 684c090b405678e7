// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/moments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/lapack.hpp"
#include "common/error.hpp"

namespace kvloupe {
namespace {

constexpr Eigen::Index kBlockRows = 256;
constexpr int kMaxGroups = 20;

// Chan's update of (count, mean, m2) by (blockCount, blockMean, blockM2), all per dimension.
template <typename Total, typename Block>
void chan(Total count, Total mean, Total m2, const Block& blockCount, const Block& blockMean,
          const Block& blockM2) {
  for (Eigen::Index d = 0; d < count.size(); ++d) {
    const double whole = count(d) + blockCount(d);
    if (blockCount(d) == 0) continue;
    const double delta = blockMean(d) - mean(d);
    m2(d) += blockM2(d) + delta * delta * count(d) * (blockCount(d) / whole);
    mean(d) += delta * (blockCount(d) / whole);
    count(d) = whole;
  }
}

using RowMajor = Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

void checkSize(std::size_t found, Eigen::Index expected, const char* what) {
  if (found == static_cast<std::size_t>(expected)) return;
  throw Error(ErrorCode::Mismatch, {.message = fmt::format("stored moments lack {}", what),
                                    .file = {},
                                    .place = "moments",
                                    .expected = fmt::format("{} values", expected),
                                    .found = fmt::format("{} values", found),
                                    .advice = {}});
}

// One block of rows, centred: [rows, dimensions] and what its dimensions sum up to.
struct Block {
  std::vector<double> centred;  // 0 where a value is not finite
  Eigen::ArrayXd count, mean, m2;
  std::vector<std::int64_t> nonfinite;  // empty where all is finite
};

void centre(Block& block, const float* values, Eigen::Index rows, Eigen::Index dimensions) {
  block.mean.setZero(dimensions);
  for (Eigen::Index t = 0; t < rows; ++t)
    block.mean +=
        Eigen::Map<const Eigen::ArrayXf>(values + t * dimensions, dimensions).cast<double>();
  block.count.setConstant(dimensions, static_cast<double>(rows));
  block.nonfinite.clear();
  if (!block.mean.allFinite()) {  // a sum of floats overflows no double
    block.mean.setZero();
    block.nonfinite.assign(static_cast<std::size_t>(dimensions), 0);
    for (Eigen::Index t = 0; t < rows; ++t) {
      for (Eigen::Index d = 0; d < dimensions; ++d) {
        const float value = values[t * dimensions + d];
        if (std::isfinite(value))
          block.mean(d) += static_cast<double>(value);
        else
          ++block.nonfinite[static_cast<std::size_t>(d)];
      }
    }
    for (Eigen::Index d = 0; d < dimensions; ++d)
      block.count(d) -= static_cast<double>(block.nonfinite[static_cast<std::size_t>(d)]);
  }
  block.mean /= block.count.max(1.0);

  block.m2.setZero(dimensions);
  block.centred.resize(static_cast<std::size_t>(rows * dimensions));
  for (Eigen::Index t = 0; t < rows; ++t) {
    const Eigen::Map<const Eigen::ArrayXf> row(values + t * dimensions, dimensions);
    Eigen::Map<Eigen::ArrayXd> centred(block.centred.data() + t * dimensions, dimensions);
    centred = row.cast<double>() - block.mean;
    if (!block.nonfinite.empty()) centred = (row.isFinite()).select(centred, 0.0);
    block.m2 += centred.square();
  }
}

// The rows of a block that are finite in `size` dimensions from `first` on.
void addFiniteRows(CovarianceMoments& covariance, const float* values, Eigen::Index rows,
                   Eigen::Index dimensions, Eigen::Index first, Eigen::Index size) {
  Eigen::MatrixXd kept(size, rows);  // a column a row, so that rows are contiguous
  Eigen::Index count = 0;
  for (Eigen::Index t = 0; t < rows; ++t) {
    const Eigen::Map<const Eigen::VectorXf> row(values + t * dimensions + first, size);
    if (row.allFinite()) kept.col(count++) = row.cast<double>();
  }
  if (count == 0) return;
  const Eigen::VectorXd mean = kept.leftCols(count).rowwise().mean();
  kept.leftCols(count).colwise() -= mean;
  covariance.add(kept.data(), count, size, mean);
}

}  // namespace

CovarianceMoments::CovarianceMoments(Eigen::Index dimensions)
    : mean_(Eigen::VectorXd::Zero(dimensions)),
      gram_(Eigen::MatrixXd::Zero(dimensions, dimensions)) {}

CovarianceMoments::CovarianceMoments(std::int64_t count, Eigen::VectorXd mean,
                                     const Eigen::MatrixXd& covariance)
    : count_(count),
      mean_(std::move(mean)),
      gram_(covariance * static_cast<double>(std::max<std::int64_t>(count - 1, 0))) {}

void CovarianceMoments::add(const double* centred, Eigen::Index rows, Eigen::Index stride,
                            const Eigen::VectorXd& blockMean) {
  const char lower = 'L', plain = 'N';
  const int n = static_cast<int>(mean_.size()), k = static_cast<int>(rows);
  const int lda = static_cast<int>(stride);
  const double one = 1;
  dsyrk_(&lower, &plain, &n, &k, &one, centred, &lda, &one, gram_.data(), &n);
  shift(rows, blockMean);
}

void CovarianceMoments::merge(const CovarianceMoments& other) {
  if (other.count_ == 0) return;
  gram_.triangularView<Eigen::Lower>() += other.gram_;
  shift(other.count_, other.mean_);
}

void CovarianceMoments::shift(std::int64_t count, const Eigen::VectorXd& mean) {
  const double before = static_cast<double>(count_), added = static_cast<double>(count);
  const double share = added / (before + added);
  const Eigen::VectorXd delta = mean - mean_;
  if (count_ > 0) gram_.selfadjointView<Eigen::Lower>().rankUpdate(delta, before * share);
  mean_ += share * delta;
  count_ += count;
}

Eigen::MatrixXd CovarianceMoments::covariance() const {
  Eigen::MatrixXd full = gram_.selfadjointView<Eigen::Lower>();
  if (count_ < 2) return full.setZero();
  return full /= static_cast<double>(count_ - 1);
}

Moments::Moments(int heads, int dim, int plannedWindows, bool joinedCovariance)
    : heads_(heads), dim_(dim) {
  const Eigen::Index dimensions = Eigen::Index{heads} * dim;
  const Eigen::Index groups = std::clamp(plannedWindows, 1, kMaxGroups);
  groups_.count.setZero(dimensions, groups);
  groups_.mean.setZero(dimensions, groups);
  groups_.m2.setZero(dimensions, groups);
  min_.setConstant(dimensions, std::numeric_limits<float>::infinity());
  max_.setConstant(dimensions, -std::numeric_limits<float>::infinity());
  nonfinite_.assign(static_cast<std::size_t>(dimensions), 0);
  covariances_.assign(static_cast<std::size_t>(heads), CovarianceMoments(dim));
  if (joinedCovariance) joined_.emplace(dimensions);
}

Moments::Moments(const StoredMoments& stored) : Moments(stored.heads, stored.dim, stored.groups) {
  const Eigen::Index dimensions = min_.size(), groups = groups_.count.cols();
  const auto matrix = [&](const std::vector<double>& values) {
    checkSize(values.size(), dimensions * groups, "sums of groups");
    return Eigen::Map<const RowMajor>(values.data(), dimensions, groups);
  };
  groups_ = {.count = matrix(stored.groupCount),
             .mean = matrix(stored.groupMean),
             .m2 = matrix(stored.groupM2)};
  const auto row = [&](const std::vector<double>& values) {
    checkSize(values.size(), dimensions, "extremes");
    return Eigen::Map<const Eigen::ArrayXd>(values.data(), dimensions).cast<float>();
  };
  min_ = row(stored.min);
  max_ = row(stored.max);
  checkSize(stored.nonfinite.size(), dimensions, "counts of non-finite values");
  nonfinite_ = stored.nonfinite;
  checkSize(stored.covariances.size(), heads_, "covariances");
  for (std::size_t head = 0; head < covariances_.size(); ++head) {
    const StoredCovariance& kept = stored.covariances[head];
    checkSize(kept.mean.size(), dim_, "means of a head");
    checkSize(kept.covariance.size(), Eigen::Index{dim_} * dim_, "a covariance");
    covariances_[head] =
        CovarianceMoments(kept.tokens, Eigen::Map<const Eigen::VectorXd>(kept.mean.data(), dim_),
                          Eigen::Map<const Eigen::MatrixXd>(kept.covariance.data(), dim_, dim_));
  }
  tokens_ = stored.tokens;
}

StoredMoments Moments::stored(int layer, Tap tap) const {
  const auto flat = [](const auto& values) {
    const RowMajor rows = values.template cast<double>();
    return std::vector<double>(rows.data(), rows.data() + rows.size());
  };
  StoredMoments stored{.layer = layer,
                       .tap = tap,
                       .heads = heads_,
                       .dim = dim_,
                       .groups = static_cast<int>(groups_.count.cols()),
                       .windows = 0,
                       .tokens = tokens_,
                       .groupCount = flat(groups_.count),
                       .groupMean = flat(groups_.mean),
                       .groupM2 = flat(groups_.m2),
                       .min = flat(min_),
                       .max = flat(max_),
                       .nonfinite = nonfinite_,
                       .covariances = {}};
  for (const CovarianceMoments& head : covariances_)
    stored.covariances.push_back({.tokens = head.count(),
                                  .mean = flat(head.mean().array()),
                                  .covariance = flat(head.covariance().array())});
  return stored;
}

void Moments::add(std::span<const float> values, std::int64_t tokens, int windowIndex) {
  const Eigen::Index dimensions = min_.size();
  if (tokens < 0 || windowIndex < 0 ||
      values.size() != static_cast<std::size_t>(tokens) * static_cast<std::size_t>(dimensions))
    throw Error(ErrorCode::Internal, {.message = "values and their shape disagree",
                                      .file = {},
                                      .place = fmt::format("moments of window {}", windowIndex),
                                      .expected = fmt::format("[{}, {}, {}]", tokens, heads_, dim_),
                                      .found = fmt::format("{} values", values.size()),
                                      .advice = {}});
  const Eigen::Index group = windowIndex % groups_.count.cols();
  for (std::int64_t first = 0; first < tokens; first += kBlockRows)
    addBlock(values.data() + first * dimensions, std::min(kBlockRows, tokens - first), group);
  tokens_ += tokens;
}

void Moments::addBlock(const float* values, Eigen::Index rows, Eigen::Index group) {
  thread_local Block block;
  const Eigen::Index dimensions = min_.size();
  centre(block, values, rows, dimensions);
  chan(groups_.count.col(group), groups_.mean.col(group), groups_.m2.col(group), block.count,
       block.mean, block.m2);
  const bool finite = block.nonfinite.empty();
  for (Eigen::Index t = 0; t < rows; ++t) {
    const Eigen::Map<const Eigen::ArrayXf> row(values + t * dimensions, dimensions);
    if (finite) {
      min_ = min_.min(row);
      max_ = max_.max(row);
    } else {
      min_ = row.isFinite().select(min_.min(row), min_);
      max_ = row.isFinite().select(max_.max(row), max_);
    }
  }
  for (std::size_t d = 0; d < block.nonfinite.size(); ++d) nonfinite_[d] += block.nonfinite[d];

  const auto covariance = [&](CovarianceMoments& moments, Eigen::Index first, Eigen::Index size) {
    if (finite)
      moments.add(block.centred.data() + first, rows, dimensions,
                  block.mean.matrix().segment(first, size));
    else
      addFiniteRows(moments, values, rows, dimensions, first, size);
  };
  for (int head = 0; head < heads_; ++head)
    covariance(covariances_[static_cast<std::size_t>(head)], Eigen::Index{head} * dim_, dim_);
  if (joined_) covariance(*joined_, 0, dimensions);
}

std::string Moments::shape() const {
  return fmt::format("{} heads of {} in {} groups{}", heads_, dim_, groups_.count.cols(),
                     joined_ ? ", joined covariance" : "");
}

bool Moments::sameShape(const Moments& other) const { return shape() == other.shape(); }

void Moments::merge(const Moments& other) {
  if (!sameShape(other))
    throw Error(ErrorCode::Mismatch, {.message = "two parts of different statistics do not merge",
                                      .file = {},
                                      .place = "moments",
                                      .expected = shape(),
                                      .found = other.shape(),
                                      .advice = {}});
  for (Eigen::Index g = 0; g < groups_.count.cols(); ++g)
    chan(groups_.count.col(g), groups_.mean.col(g), groups_.m2.col(g), other.groups_.count.col(g),
         other.groups_.mean.col(g), other.groups_.m2.col(g));
  min_ = min_.min(other.min_);
  max_ = max_.max(other.max_);
  for (std::size_t d = 0; d < nonfinite_.size(); ++d) nonfinite_[d] += other.nonfinite_[d];
  for (std::size_t h = 0; h < covariances_.size(); ++h)
    covariances_[h].merge(other.covariances_[h]);
  if (joined_) joined_->merge(*other.joined_);
  tokens_ += other.tokens_;
}

DimensionMoments Moments::total() const {
  DimensionMoments total{
      .count = groups_.count.col(0), .mean = groups_.mean.col(0), .m2 = groups_.m2.col(0)};
  for (Eigen::Index g = 1; g < groups_.count.cols(); ++g)
    chan(total.count.col(0), total.mean.col(0), total.m2.col(0), groups_.count.col(g),
         groups_.mean.col(g), groups_.m2.col(g));
  return total;
}

}  // namespace kvloupe
