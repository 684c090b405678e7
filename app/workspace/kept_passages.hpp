// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/slot_state.hpp"

namespace kvloupe {

/// Bytes of passages that a model keeps; beyond them the oldest go.
inline constexpr std::size_t kKeptPassageBytes = std::size_t{32} << 20;

/// Adds what was looked at, in place of the same looked at before. A passage with a figure that is
/// no number is not kept.
void keepPassage(std::vector<Keyed<PassagePtr>>& kept, const Keyed<PassagePtr>& seen);

/// Shows what was kept and is what the looker wants to see, so that it is not measured again. A
/// saved run, which has nothing else, shows nothing where it does not hold the place that is asked
/// for. True where the looker sees something else now.
bool recallPassage(SlotState& state, const MeasurementSettings& settings, Looker looker);

/// True where the passage is the wish's, under whatever plan.
[[nodiscard]] bool samePlace(const Passage& passage, const PassageWish& wish);

}  // namespace kvloupe
