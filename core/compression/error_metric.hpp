// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "analysis/moments.hpp"
#include "model/rope.hpp"

namespace kvloupe {

// The matrices A^2 that weigh an error (x - x^) by what it does to the model: E |(x - x^) A|^2 is
// the squared error of the scores (query) or of the attention output (output), where queries, or
// weights, and error are taken as independent. A fit wants them `regularised`.

/// E[q^T q] of every KV head, over the query heads that share it. `queries` are moments of tap q or
/// q_rope. [numKvHeads] of [dim, dim].
[[nodiscard]] std::vector<Eigen::MatrixXd> queryMetric(const Moments& queries, int numKvHeads);

/// Sum over distances delta = 0 .. context - 1 of w_delta R_delta^T M R_delta, w_delta proportional
/// to context - delta and adding up to 1, where q R_(i-j) k^T is the score of a query at i and a
/// key at j before their rotation. `angles` are those of positions 0 .. context - 1.
[[nodiscard]] Eigen::MatrixXd averagedOverDistances(const Eigen::MatrixXd& metric,
                                                    const RopeAngles& angles);

/// Sum of W_o,h W_o,h^T over the query heads h that share a KV head; `output` is the weight
/// [hidden, heads * vDim]. [numKvHeads] of [vDim, vDim].
[[nodiscard]] std::vector<Eigen::MatrixXd> outputMetric(const at::Tensor& output, int heads,
                                                        int numKvHeads);

/// MLA, on the latent: E[q^T q] of the absorbed queries q_nope,h W_UK,h, over heads h. `expand` is
/// kv_b_proj [heads * (nopeDim + vDim), latent]; `queries` are moments of tap q.
[[nodiscard]] Eigen::MatrixXd latentQueryMetric(const Moments& queries, const at::Tensor& expand);

/// MLA, on the latent: sum over heads of the absorbed (W_UV,h W_o,h) (W_UV,h W_o,h)^T.
[[nodiscard]] Eigen::MatrixXd latentOutputMetric(const at::Tensor& output, const at::Tensor& expand,
                                                 int heads);

/// Adds 1e-6 of the mean eigenvalue to the diagonal; the identity where that is 0.
[[nodiscard]] Eigen::MatrixXd regularised(Eigen::MatrixXd squared);

}  // namespace kvloupe
