// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "workspace/slot_state.hpp"

namespace kvloupe {

// Plans kept under a name outlive the window: they are among its settings, by the model's name.

[[nodiscard]] std::vector<NamedPlan> readKeptPlans(const ModelInfo& model);
void storeKeptPlans(const ModelInfo& model, const std::vector<NamedPlan>& plans);

}  // namespace kvloupe
