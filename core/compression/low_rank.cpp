// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/low_rank.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "analysis/eigen_symmetric.hpp"
#include "common/error.hpp"
#include "compression/rotation.hpp"

namespace kvloupe {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The first and second moments of every group.
std::vector<const CovarianceMoments*> groupsOf(const Moments& moments, Scope scope) {
  std::vector<const CovarianceMoments*> groups;
  if (scope == Scope::Layer) {
    if (!moments.joined())
      throw Error(ErrorCode::Internal, {.message = "no covariance of the joined heads was kept",
                                        .file = {},
                                        .place = "low rank, scope=layer",
                                        .expected = {},
                                        .found = {},
                                        .advice = {}});
    groups.push_back(&*moments.joined());
  } else {
    for (int head = 0; head < moments.heads(); ++head) groups.push_back(&moments.head(head));
  }
  for (const CovarianceMoments* group : groups)
    if (group->count() < 2)
      throw Error(ErrorCode::Unsupported,
                  {.message = "no basis can be fitted to values that are not finite",
                   .file = {},
                   .place = "calibration",
                   .expected = "at least 2 tokens with finite values",
                   .found = fmt::format("{}", group->count()),
                   .advice = {}});
  return groups;
}

/// E [d, d] and D [d, d] of one group.
struct Directions {
  Eigen::MatrixXd encode, decode;
};

template <typename DirectionsOf>
LowRankMap fit(const Moments& moments, Scope scope, const DirectionsOf& directionsOf) {
  const auto groups = groupsOf(moments, scope);
  const auto count = static_cast<std::int64_t>(groups.size());
  const Eigen::Index d = groups.front()->mean().size();
  LowRankMap map{.mean = meanOf(moments, scope),
                 .encode = at::empty({count, d, d}, at::kFloat),
                 .decode = at::empty({count, d, d}, at::kFloat)};
  for (std::int64_t g = 0; g < count; ++g) {
    const Directions own = directionsOf(*groups[static_cast<std::size_t>(g)], static_cast<int>(g));
    Eigen::Map<RowMajor>(map.encode[g].data_ptr<float>(), d, d) = own.encode.cast<float>();
    Eigen::Map<RowMajor>(map.decode[g].data_ptr<float>(), d, d) = own.decode.cast<float>();
  }
  return map;
}

Directions orthonormal(Eigen::MatrixXd u) {
  Directions directions{.encode = {}, .decode = u.transpose()};
  directions.encode = std::move(u);
  return directions;
}

/// The blocks of A^2 that a group spans, on one diagonal.
Eigen::MatrixXd blockDiagonal(const std::vector<Eigen::MatrixXd>& blocks) {
  Eigen::Index d = 0;
  for (const Eigen::MatrixXd& block : blocks) d += block.rows();
  Eigen::MatrixXd whole = Eigen::MatrixXd::Zero(d, d);
  Eigen::Index at = 0;
  for (const Eigen::MatrixXd& block : blocks) {
    whole.block(at, at, block.rows(), block.rows()) = block;
    at += block.rows();
  }
  return whole;
}

}  // namespace

LowRankMap LowRankMap::truncated(int rank) const {
  if (rank < 1 || rank > encode.size(2))
    throw Error(ErrorCode::Internal, {.message = "no basis has this rank",
                                      .file = {},
                                      .place = "low rank",
                                      .expected = fmt::format("1 to {}", encode.size(2)),
                                      .found = fmt::format("{}", rank),
                                      .advice = {}});
  return {.mean = mean, .encode = encode.narrow(2, 0, rank), .decode = decode.narrow(1, 0, rank)};
}

at::Tensor meanOf(const Moments& moments, Scope scope) {
  const auto groups = groupsOf(moments, scope);
  const Eigen::Index d = groups.front()->mean().size();
  at::Tensor mean = at::empty({static_cast<std::int64_t>(groups.size()), 1, d}, at::kFloat);
  float* out = mean.data_ptr<float>();
  for (const CovarianceMoments* group : groups) {
    Eigen::Map<Eigen::VectorXf>(out, d) = group->mean().cast<float>();
    out += d;
  }
  return mean;
}

LowRankMap fitPca(const Moments& moments, Scope scope) {
  return fit(moments, scope, [](const CovarianceMoments& group, int) {
    return orthonormal(eigenSymmetric(group.covariance(), true).vectors);
  });
}

LowRankMap fitWeighted(const Moments& moments, Scope scope,
                       const std::vector<Eigen::MatrixXd>& squared) {
  return fit(moments, scope, [&](const CovarianceMoments& group, int g) {
    const SymmetricEigen metric = eigenSymmetric(
        scope == Scope::Layer ? blockDiagonal(squared) : squared[static_cast<std::size_t>(g)],
        true);
    const Eigen::VectorXd roots = metric.values.cwiseSqrt();
    const Eigen::MatrixXd& v = metric.vectors;
    const Eigen::MatrixXd a = v * roots.asDiagonal() * v.transpose();
    const Eigen::MatrixXd inverse = v * roots.cwiseInverse().asDiagonal() * v.transpose();
    const Eigen::MatrixXd weighted = a * group.covariance() * a;
    const Eigen::MatrixXd u = eigenSymmetric((weighted + weighted.transpose()) / 2, true).vectors;
    return Directions{.encode = a * u, .decode = u.transpose() * inverse};
  });
}

LowRankMap fitAxis(const Moments& moments, Scope scope) {
  return fit(moments, scope, [](const CovarianceMoments& group, int) {
    const Eigen::VectorXd variance = group.covariance().diagonal();
    std::vector<Eigen::Index> order(static_cast<std::size_t>(variance.size()));
    std::iota(order.begin(), order.end(), Eigen::Index{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](Eigen::Index a, Eigen::Index b) { return variance(a) > variance(b); });
    Eigen::MatrixXd u = Eigen::MatrixXd::Zero(variance.size(), variance.size());
    for (std::size_t i = 0; i < order.size(); ++i) u(order[i], static_cast<Eigen::Index>(i)) = 1;
    return orthonormal(std::move(u));
  });
}

LowRankMap fitRandom(const Moments& moments, Scope scope, std::uint64_t seed, int layer) {
  return fit(moments, scope, [&](const CovarianceMoments& group, int g) {
    return orthonormal(
        randomOrthogonal(static_cast<int>(group.mean().size()), seedOf(seed, layer, g)));
  });
}

at::Tensor encode(const LowRankMap& map, const at::Tensor& values) {
  const auto groups = map.encode.size(0), d = map.encode.size(1);
  if (values.dim() != 3 || values.size(1) * values.size(2) != groups * d)
    throw Error(ErrorCode::Internal, {.message = "values do not fit the basis",
                                      .file = {},
                                      .place = "low rank",
                                      .expected = fmt::format("{} a token", groups * d),
                                      .found = fmt::format("{} in all", values.numel()),
                                      .advice = {}});
  const at::Tensor grouped =
      values.reshape({values.size(0), groups, d}).transpose(0, 1);  // [groups, tokens, d]
  return at::bmm(grouped - map.mean, map.encode);                   // [groups, tokens, rank]
}

at::Tensor decode(const LowRankMap& map, const at::Tensor& coefficients, at::IntArrayRef shape) {
  const at::Tensor values = at::baddbmm(map.mean, coefficients, map.decode);  // [groups, tokens, d]
  return values.transpose(0, 1).reshape(shape).contiguous();
}

}  // namespace kvloupe
