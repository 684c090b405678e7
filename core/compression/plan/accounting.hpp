// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "types/model_info.hpp"
#include "types/plan.hpp"

namespace kvloupe {

/// Counts the bits of a plan (product.md section 1, "Accounting"): per token of a window of
/// `windowTokens` tokens, over all layers. Codes, coefficients (16 bits), scales, zero points and
/// block headers count; tokens that `residual` and `sink` keep count with 16 bits a value. In MLA
/// the cache is the latent and the rotary key: K and V expanded from the latent free none of it.
[[nodiscard]] Accounting account(const Plan& plan, const ModelInfo& model,
                                 std::int64_t windowTokens);

}  // namespace kvloupe
