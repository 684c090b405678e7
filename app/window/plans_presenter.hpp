// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "panels/allocation_result.hpp"
#include "panels/plans_menu.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

/// The allocation of the active model, as far as one was asked for.
[[nodiscard]] AllocationView allocationView(const Workspace& workspace);

/// What an allocation of the plan that stands in the panel spends its budget on: the targets that
/// the plan compresses, or all that free cache; formats that the plan uses, beside ranks.
[[nodiscard]] AllocationWish allocationWish(const PlanDraft& draft, double budgetPercent);

[[nodiscard]] PlansView plansView(const Workspace& workspace);

}  // namespace kvloupe
