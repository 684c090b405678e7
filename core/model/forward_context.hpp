// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <stop_token>
#include <vector>

#include "model/cache_transform.hpp"
#include "model/tap_observer.hpp"

namespace kvloupe {

/// What accompanies one sequence through the model.
struct ForwardContext {
  TapObserver* observer = nullptr;
  const CacheTransform* transform = nullptr;
  std::stop_token stop;
  // Values are those of tokens fewer than so many back from a query: taps whose residual reaches
  // further are left alone. 0: of all tokens that are older than every residual.
  std::int64_t newest = 0;
};

/// The residuals of a layer's taps, ascending, each once: distances from a query at which the
/// values it sees change. Empty where all are 0.
[[nodiscard]] std::vector<std::int64_t> residualsOf(const ForwardContext& context, int layer);

/// The same sequence as seen fewer than `newest` tokens back; unobserved.
[[nodiscard]] ForwardContext recentContext(const ForwardContext& context, std::int64_t newest);

/// Shows a tap's values [tokens, heads, dim] (a view, of any strides) to the observer, and then
/// lets the transform replace them in place.
void passTap(const ForwardContext& context, int layer, Tap tap, const at::Tensor& values);

/// Shows the observer what the layer's attention reads, where it wants that.
void passAttention(const ForwardContext& context, int layer, const at::Tensor& q,
                   const at::Tensor& k, const std::vector<RecentCache>& recent,
                   const ScoreRule& rule);

}  // namespace kvloupe
