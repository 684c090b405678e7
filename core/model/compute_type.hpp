// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace kvloupe {

/// What matrix products with weights are computed in. All else is float32: sums of products, norms,
/// attention, the residual stream, log probabilities.
enum class ComputeType : std::uint8_t {
  Float32,
  Bfloat16,         // weights in bfloat16; what they multiply is rounded to it
  WidenedBfloat16,  // the same values as float32: for a CPU that is slow at bfloat16
};

}  // namespace kvloupe
