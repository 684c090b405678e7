// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "analysis/moments.hpp"
#include "types/plan.hpp"

namespace kvloupe {

/// x^ = mu + (x - mu) E D for row vectors x of every group: of a KV head (Scope::Head), or of the
/// concatenated heads (Scope::Layer: one group, d = heads * dim). What is stored is (x - mu) E.
struct LowRankMap {
  at::Tensor mean;    // mu: [groups, 1, d], float32
  at::Tensor encode;  // E = A U: [groups, d, rank], float32
  at::Tensor decode;  // D = U^T A^-1: [groups, rank, d], float32

  /// The same with the first `rank` coefficients: views. Error Internal unless 1 <= rank <= d.
  [[nodiscard]] LowRankMap truncated(int rank) const;
};

/// Mean of every group, [groups, 1, d]. Throws what fitPca throws.
[[nodiscard]] at::Tensor meanOf(const Moments& moments, Scope scope);

// All maps are of full rank, ordered such that the first coefficients are worth most; decomposed in
// float64. All throw Error Unsupported where fewer than two tokens were counted, Internal where
// Scope::Layer is asked of moments without a joined covariance.

/// A = I, U the eigenvectors of the covariance, by descending eigenvalue.
[[nodiscard]] LowRankMap fitPca(const Moments& moments, Scope scope);

/// U the eigenvectors of A Sigma A, by descending eigenvalue: at every rank the least
/// E |(x - x^) A|^2. `squared` holds A^2 of every KV head, symmetric and positive definite; over
/// the concatenated heads A^2 is block-diagonal.
[[nodiscard]] LowRankMap fitWeighted(const Moments& moments, Scope scope,
                                     const std::vector<Eigen::MatrixXd>& squared);

/// Keeps dimensions as they are, those of largest variance first.
[[nodiscard]] LowRankMap fitAxis(const Moments& moments, Scope scope);

/// Orthonormal directions that know nothing of the values: the control that a basis has to beat.
[[nodiscard]] LowRankMap fitRandom(const Moments& moments, Scope scope, std::uint64_t seed,
                                   int layer);

/// Coefficients [groups, tokens, rank] of values [tokens, heads, dim], float32.
[[nodiscard]] at::Tensor encode(const LowRankMap& map, const at::Tensor& values);
/// Values [tokens, heads, dim] of coefficients, float32 and contiguous.
[[nodiscard]] at::Tensor decode(const LowRankMap& map, const at::Tensor& coefficients,
                                at::IntArrayRef shape);

}  // namespace kvloupe
