// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>

#include "model/cache_transform.hpp"
#include "model/causal_lm.hpp"

namespace kvloupe {

/// Hidden states after the final norm, [tokens, hidden]: bit for bit what CausalLm::forward gives.
struct PassagePass {
  at::Tensor baseline, compressed;
};

/// Called after every layer with what its attention read in both passes.
using LayerAttentionFn = std::function<void(int layer, const AttentionInputs& baseline,
                                            const AttentionInputs& compressed)>;

/// Runs both models over one sequence in step, layer by layer, so that the attention of a layer can
/// be compared while nothing but its own queries and keys is kept. `attention` may be null;
/// `onLayer` is called with the layers done. Throws what CausalLm::forward throws.
[[nodiscard]] PassagePass passThrough(const CausalLm& model, std::span<const std::int32_t> ids,
                                      const CacheTransform& transform,
                                      const LayerAttentionFn& attention,
                                      const std::function<void(int)>& onLayer,
                                      const std::stop_token& stop);

}  // namespace kvloupe
