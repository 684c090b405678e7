// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/spread.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "analysis/noise_floor.hpp"

namespace kvloupe {
namespace {

constexpr double kLeastSigma = 1e-8;
constexpr Eigen::Index kLeastGroups = 8;

// (G - 1) / G times the sum of squares about the mean: of rows, over columns.
Eigen::ArrayXd jackknifeVariance(const Eigen::Ref<const Eigen::ArrayXXd>& leftOut) {
  const double groups = static_cast<double>(leftOut.cols());
  const Eigen::ArrayXd mean = leftOut.rowwise().mean();
  return (leftOut.colwise() - mean).square().rowwise().sum() * ((groups - 1) / groups);
}

Interval jackknifeInterval(double logSpread, const Eigen::Ref<const Eigen::ArrayXXd>& leftOut) {
  const Eigen::ArrayXXd spreads = leftOut.colwise().maxCoeff() - leftOut.colwise().minCoeff();
  const double error = std::sqrt(jackknifeVariance(spreads)(0));
  const boost::math::students_t student(static_cast<double>(leftOut.cols() - 1));
  const double reach = boost::math::quantile(student, 0.975) * error;
  return {.low = std::exp(logSpread - reach), .high = std::exp(logSpread + reach)};
}

}  // namespace

std::optional<double> varianceSpread(std::span<const double> sigma) {
  const auto [least, largest] = std::minmax_element(sigma.begin(), sigma.end());
  if (least == sigma.end() || !(*largest > 0)) return std::nullopt;
  return *largest / std::max(*least, kLeastSigma);
}

std::optional<double> robustSpread(std::span<const double> sigma) {
  if (sigma.empty()) return std::nullopt;
  const double low = percentile(sigma, 5);
  if (!(low > 0)) return std::nullopt;
  return percentile(sigma, 95) / low;
}

double percentile(std::span<const double> values, double percent) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const double at = percent / 100 * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], at - std::floor(at));
}

Eigen::ArrayXXd leaveOneGroupOut(const DimensionMoments& groups) {
  std::vector<Eigen::Index> filled;
  for (Eigen::Index g = 0; g < groups.count.cols(); ++g)
    if ((groups.count.col(g) > 0).any()) filled.push_back(g);
  const auto columns = static_cast<Eigen::Index>(filled.size());
  const Eigen::Index dimensions = groups.count.rows();
  if (columns < kLeastGroups) return Eigen::ArrayXXd(dimensions, 0);

  // Sums about the total mean: with S = 0 over all groups, leaving out g leaves
  // m2 = A - A_g - S_g^2 / (n - n_g).
  const Eigen::ArrayXd count = groups.count.rowwise().sum();
  const Eigen::ArrayXd mean = (groups.count * groups.mean).rowwise().sum() / count.max(1.0);
  const Eigen::ArrayXXd first = groups.count * (groups.mean.colwise() - mean);
  const Eigen::ArrayXXd second = groups.m2 + first * (groups.mean.colwise() - mean);
  const Eigen::ArrayXd all = second.rowwise().sum();

  Eigen::ArrayXXd result(dimensions, columns);
  for (Eigen::Index column = 0; column < columns; ++column) {
    const Eigen::Index g = filled[static_cast<std::size_t>(column)];
    const Eigen::ArrayXd left = count - groups.count.col(g);
    const Eigen::ArrayXd m2 = all - second.col(g) - first.col(g).square() / left.max(1.0);
    const Eigen::ArrayXd sigma = (m2 / (left - 1).max(1.0)).max(0.0).sqrt();
    result.col(column) =
        (left >= 2).select(sigma.max(kLeastSigma).log(), std::numeric_limits<double>::quiet_NaN());
  }
  return result;
}

std::optional<double> effectiveTokens(const Eigen::Ref<const Eigen::ArrayXXd>& leftOut) {
  if (leftOut.cols() == 0) return std::nullopt;
  const Eigen::ArrayXd variance = jackknifeVariance(leftOut);
  std::vector<double> known;
  for (const double v : variance)
    if (std::isfinite(v) && v > 0) known.push_back(v);
  if (known.empty()) return std::nullopt;
  return 1 / (2 * percentile(known, 50));
}

SpreadStatistics spreadStatistics(const DimensionMoments& total, const Eigen::ArrayXXd& leftOut,
                                  Eigen::Index first, Eigen::Index size, std::int64_t tokens) {
  SpreadStatistics result;
  const Eigen::ArrayXd count = total.count.col(0).segment(first, size);
  const Eigen::ArrayXd m2 = total.m2.col(0).segment(first, size);
  const Eigen::ArrayXd sigma = (m2 / (count - 1).max(1.0)).sqrt();
  result.sigma.assign(sigma.begin(), sigma.end());
  result.meanSigma = sigma.mean();
  result.noiseFloor = noiseFloor(static_cast<int>(size), static_cast<double>(tokens));
  const auto left = leftOut.middleRows(first, size);
  if (const auto effective = effectiveTokens(left))
    result.effectiveNoiseFloor = noiseFloor(static_cast<int>(size), *effective);
  if ((count < 2).any()) return result;  // a sigma of 0 for want of data

  result.spread = varianceSpread(result.sigma);
  result.robustSpread = robustSpread(result.sigma);
  if (!result.spread || size < 2) return result;
  const NoiseFloor& floor = result.effectiveNoiseFloor.value_or(result.noiseFloor);
  result.notToldFromNoise = *result.spread - 1 <= 2 * (floor.p97_5 - 1);
  if (!result.notToldFromNoise && left.cols() > 0 && left.allFinite())
    result.spreadInterval = jackknifeInterval(std::log(*result.spread), left);
  return result;
}

}  // namespace kvloupe
