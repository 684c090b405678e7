// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controls/rank_slider.hpp"
#include "panels/safe_ratio_box.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

/// The curve of a sweep that the plan's preset stands for, or empty: "v", "k_rope", "kv", ...
[[nodiscard]] std::string searchedCurve(const PlanDraft& draft);

/// What is known of the largest safe ratio of that curve.
[[nodiscard]] SafeRatioView safeRatioView(const Workspace& workspace);

/// Safe ranks of every target at 1, 3 and 5 %, as far as they were searched.
[[nodiscard]] std::map<Target, std::vector<RankSlider::Mark>> safeRanks(const Workspace& workspace);

}  // namespace kvloupe
