// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "panels/plan_draft.hpp"

namespace kvloupe {

/// "K", "V", "latent", "rotary key": inside a sentence.
[[nodiscard]] QString targetWord(Target target);

/// "V rank 24, K untouched": the two targets shown, the compressed one first, with the number of
/// layers that are set apart; a plan beyond the sliders as it is written.
[[nodiscard]] QString describe(const PlanDraft& draft);

/// What was done to a plan, as Undo and Redo name it: "V rank 24", "K tap k", "K layer 3 rank 12".
[[nodiscard]] QString changeWords(const PlanDraft& before, const PlanDraft& after);

}  // namespace kvloupe
