// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

namespace kvloupe {

/// What one layer's attention does to values that were read from the cache.
struct AttentionWeights {
  at::Tensor output;  // W_o^T: [hidden, heads * vDim]
  at::Tensor expand;  // MLA, kv_b_proj: [heads * (nopeDim + vDim), latentDim]; else undefined
};

}  // namespace kvloupe
