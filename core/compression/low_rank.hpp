// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include "analysis/moments.hpp"
#include "types/plan.hpp"

namespace kvloupe {

/// x^ = mu + (x - mu) U U^T, for every KV head (Scope::Head) or over the concatenated heads
/// (Scope::Layer, `groups` is 1 and d = heads * dim).
struct LowRankMap {
  at::Tensor mean;   // [groups, 1, d], float32
  at::Tensor basis;  // U: [groups, d, rank], float32, orthonormal columns

  /// The same with the first `rank` columns of U: a view. Error Internal unless 1 <= rank <= d.
  [[nodiscard]] LowRankMap truncated(int rank) const;
};

/// Mean and all eigenvectors of the covariance, by descending eigenvalue; decomposed in float64.
/// Throws Error InvalidArgument where fewer than two tokens were counted, Internal where
/// Scope::Layer is asked of moments without a joined covariance.
[[nodiscard]] LowRankMap fitPca(const Moments& moments, Scope scope);

/// Values [tokens, heads, dim] and their reconstruction, float32 and contiguous.
[[nodiscard]] at::Tensor applyLowRank(const LowRankMap& map, const at::Tensor& values);

}  // namespace kvloupe
