// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <utility>
#include <vector>

#include "charts/layers_data.hpp"
#include "workspace/slot_state.hpp"

namespace kvloupe {

class Workspace;

/// How much an analysis is worth at the moment.
[[nodiscard]] BarState analysisState(const Workspace& workspace, Slot slot);

/// Why the active model shows no statistics yet, and when they will appear.
[[nodiscard]] QString analysisAbsence(const Workspace& workspace);

/// The line under a figure of statistics: model, taps, tokens and program version.
[[nodiscard]] QString provenanceOf(const ModelInfo& model, const Analysis& analysis,
                                   const std::vector<std::pair<Target, Tap>>& taps);

}  // namespace kvloupe
