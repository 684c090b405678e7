// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "workspace/slot_state.hpp"

namespace kvloupe {

// Lines for a shell that make a result again. `model` is what was opened: a folder, demo:gqa or
// demo:mla. The device is named where it was the CPU, the texts unless they are the demo's own.

[[nodiscard]] QString analysisCommand(const SlotState& state, const Analysis& analysis);
/// Of a plan, or of the baseline alone.
[[nodiscard]] QString evaluationCommand(const SlotState& state, const Evaluation& evaluation);
/// `verdict` where the rule was applied, else `sweep` over its curves.
[[nodiscard]] QString sweepCommand(const SlotState& state, const Sweep& sweep);
[[nodiscard]] QString sensitivityCommand(const SlotState& state, const Sensitivity& sensitivity);

/// A word as a shell takes it back.
[[nodiscard]] QString shellWord(const QString& word);

}  // namespace kvloupe
