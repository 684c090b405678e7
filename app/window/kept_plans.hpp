// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "workspace/slot_state.hpp"

namespace kvloupe {

// Plans kept under a name outlive the window: they are among its settings, by the model's name.

[[nodiscard]] std::vector<NamedPlan> readKeptPlans(const ModelInfo& model);
/// Those, and what a session brought beside them: a plan of one's own keeps its name where another
/// of the same name came, which is then called "NAME (run)".
[[nodiscard]] std::vector<NamedPlan> withSession(std::vector<NamedPlan> own,
                                                 const std::vector<NamedPlan>& session);
void storeKeptPlans(const ModelInfo& model, const std::vector<NamedPlan>& plans);

}  // namespace kvloupe
