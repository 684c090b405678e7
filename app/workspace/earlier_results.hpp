// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/slot_state.hpp"

namespace kvloupe {

/// Whether two openings can be of one model, wherever it stands: config, type computed in, and
/// weight files by name, size and, where both are known, hash.
[[nodiscard]] bool mayBeSameModel(const ModelInfo& a, const ModelInfo& b);

/// Whether the files of both are hashed, and alike.
[[nodiscard]] bool sameHashes(const ModelInfo& a, const ModelInfo& b);

/// Everything measured of a model, to be written or taken over by its next opening. While the proof
/// of what was measured earlier is awaited, that alone, as of the model then; where there is none,
/// what was measured since alone.
[[nodiscard]] EarlierResults resultsOf(const SlotState& state);

enum class TakenBack : std::uint8_t {
  Same,       // what is of the settings was moved
  Unknown,    // neither hash nor perplexity can be compared
  Different,  // another perplexity than before
};

/// Once analysis and baseline are current: moves what was measured earlier on the same texts,
/// windows and settings to where it is shown; the rest waits for other settings. Unless the result
/// is Same, nothing is moved.
[[nodiscard]] TakenBack takeBackEarlier(SlotState& state, const MeasurementSettings& settings);

}  // namespace kvloupe
