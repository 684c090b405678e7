// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/config/model_config.hpp"

namespace kvloupe {

/// What config.json does not say because the model's class in transformers knows it.
struct FamilyTraits {
  bool queryKeyNorm = false;      // q_norm and k_norm over each head, before RoPE
  bool interleavedRope = false;   // rotary pairs (2i, 2i + 1) instead of (i, i + dim / 2)
  bool yarnSoftmaxScale = false;  // softmax scale times (YaRN's mscale_all_dim)^2
};

[[nodiscard]] constexpr FamilyTraits familyTraits(Family family) {
  switch (family) {
    case Family::Qwen3:
      return {.queryKeyNorm = true};
    case Family::DeepseekV2:
      return {.interleavedRope = true, .yarnSoftmaxScale = true};
    default:
      return {};
  }
}

}  // namespace kvloupe
