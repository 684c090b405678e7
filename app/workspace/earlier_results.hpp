// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/slot_state.hpp"

namespace kvloupe {

/// Whether two openings can be of one model, wherever it stands: config, type computed in, and
/// weight files by name, size and, where both are known, hash.
[[nodiscard]] bool mayBeSameModel(const ModelInfo& a, const ModelInfo& b);

/// Everything measured of a model, to be taken over by its next opening.
[[nodiscard]] EarlierResults resultsOf(const SlotState& state);

/// Once analysis and baseline are current: moves what was measured earlier on the same texts,
/// windows and settings to where it is shown; the rest waits for other settings. Returns false, and
/// drops it all, where the model does not give the earlier figures of the baseline.
[[nodiscard]] bool takeBackEarlier(SlotState& state, const MeasurementSettings& settings);

}  // namespace kvloupe
