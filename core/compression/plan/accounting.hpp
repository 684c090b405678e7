// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/model_info.hpp"
#include "types/plan.hpp"

namespace kvloupe {

/// Counts the bits of a plan (product.md section 1, "Accounting"). Values and coefficients take
/// 16 bits; per token, over all layers. In MLA the cache is the latent and the rotary key: K and V
/// expanded from the latent free none of it.
[[nodiscard]] Accounting account(const Plan& plan, const ModelInfo& model);

}  // namespace kvloupe
