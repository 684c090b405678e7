// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/json_output.hpp"
#include "types/allocation.hpp"
#include "types/sensitivity.hpp"
#include "types/sweep.hpp"

namespace kvloupe::cli {

// Schemas: resources/schema. Keys are added, never renamed. An undefined figure is null.
[[nodiscard]] Json toJson(const Sweep& sweep, const ModelInfo& model);
[[nodiscard]] Json toJson(const Sensitivity& sensitivity, const ModelInfo& model);
[[nodiscard]] Json toJson(const Allocation& allocation, const ModelInfo& model);

}  // namespace kvloupe::cli
