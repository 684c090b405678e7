// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>

#include "types/plan_tensor.hpp"

namespace kvloupe {

/// The bytes of a safetensors file that holds these tensors, in this order, as F32; the header is
/// padded so that the data begin at a multiple of 8 bytes.
/// Format: https://github.com/huggingface/safetensors#format
[[nodiscard]] std::string safetensorsBytes(std::span<const PlanTensor> tensors);

}  // namespace kvloupe
