// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "panels/plan_draft.hpp"
#include "types/model_info.hpp"
#include "types/sensitivity.hpp"

namespace kvloupe {

/// "k+v": K and V. Empty where the column is none.
[[nodiscard]] std::vector<Target> targetsOfColumn(const std::string& column);

/// What a cell of a sensitivity does to the plan. A layer that the plan compresses is left
/// untouched there; one that the plan leaves alone is compressed as it was measured; one that is
/// set apart is as the others again. A cell of K and V does it to both.
[[nodiscard]] PlanDraft withCellApart(PlanDraft draft, const ModelInfo& model,
                                      const Sensitivity& figures, int layer, int column);

}  // namespace kvloupe
