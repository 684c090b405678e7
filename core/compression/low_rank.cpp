// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/low_rank.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include "analysis/eigen_symmetric.hpp"
#include "common/error.hpp"

namespace kvloupe {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

void fitGroup(const CovarianceMoments& moments, float* mean, float* basis) {
  if (moments.count() < 2)
    throw Error(ErrorCode::InvalidArgument,
                {.message = "too little calibration text to fit a basis on",
                 .file = {},
                 .place = "calibration",
                 .expected = "at least 2 tokens with finite values",
                 .found = fmt::format("{}", moments.count()),
                 .advice = "Calibrate on more text"});
  const Eigen::Index d = moments.mean().size();
  Eigen::Map<Eigen::VectorXf>(mean, d) = moments.mean().cast<float>();
  Eigen::Map<RowMajor>(basis, d, d) =
      eigenSymmetric(moments.covariance(), true).vectors.cast<float>();
}

}  // namespace

LowRankMap LowRankMap::truncated(int rank) const {
  if (rank < 1 || rank > basis.size(2))
    throw Error(ErrorCode::Internal, {.message = "no basis has this rank",
                                      .file = {},
                                      .place = "low rank",
                                      .expected = fmt::format("1 to {}", basis.size(2)),
                                      .found = fmt::format("{}", rank),
                                      .advice = {}});
  return {.mean = mean, .basis = basis.narrow(2, 0, rank)};
}

LowRankMap fitPca(const Moments& moments, Scope scope) {
  const bool layer = scope == Scope::Layer;
  if (layer && !moments.joined())
    throw Error(ErrorCode::Internal, {.message = "no covariance of the joined heads was kept",
                                      .file = {},
                                      .place = "low rank, scope=layer",
                                      .expected = {},
                                      .found = {},
                                      .advice = {}});
  const int groups = layer ? 1 : moments.heads();
  const int d = layer ? moments.heads() * moments.dim() : moments.dim();
  LowRankMap map{.mean = at::empty({groups, 1, d}, at::kFloat),
                 .basis = at::empty({groups, d, d}, at::kFloat)};
  for (int g = 0; g < groups; ++g)
    fitGroup(layer ? *moments.joined() : moments.head(g), map.mean[g].data_ptr<float>(),
             map.basis[g].data_ptr<float>());
  return map;
}

at::Tensor applyLowRank(const LowRankMap& map, const at::Tensor& values) {
  const auto groups = map.basis.size(0), d = map.basis.size(1);
  if (values.dim() != 3 || values.size(1) * values.size(2) != groups * d)
    throw Error(ErrorCode::Internal, {.message = "values do not fit the basis",
                                      .file = {},
                                      .place = "low rank",
                                      .expected = fmt::format("{} a token", groups * d),
                                      .found = fmt::format("{} in all", values.numel()),
                                      .advice = {}});
  const at::Tensor grouped =
      values.reshape({values.size(0), groups, d}).transpose(0, 1);         // [groups, tokens, d]
  const at::Tensor coefficients = at::bmm(grouped - map.mean, map.basis);  // [groups, tokens, rank]
  const at::Tensor reconstructed =
      at::baddbmm(map.mean, coefficients, map.basis.transpose(1, 2));  // [groups, tokens, d]
  return reconstructed.transpose(0, 1).reshape(values.sizes()).contiguous();
}

}  // namespace kvloupe
