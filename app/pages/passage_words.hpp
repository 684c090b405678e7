// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "workspace/slot_state.hpp"

namespace kvloupe {

class Workspace;

/// Why a looker sees nothing yet, and when it will.
[[nodiscard]] QString passageAbsence(const Workspace& workspace, Looker looker);

/// What the passage was read under: "v:rank=24", "nothing compressed".
[[nodiscard]] QString passagePlan(const Passage& passage);

/// The line under a figure of a passage.
[[nodiscard]] QString passageProvenance(const ModelInfo& model, const Passage& passage);

/// Tells the workspace what a looker of the active model wants; the other model is not looked at.
void lookAtActive(Workspace& workspace, Looker looker, const std::optional<PassageWish>& wish);

}  // namespace kvloupe
