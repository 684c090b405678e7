// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/run.hpp"
#include "workspace/slot_state.hpp"

namespace kvloupe {

/// Everything measured, as a run file holds it. Evaluations that have not ended are left out; of
/// safe ratios and sensitivities what is there is kept.
/// `models` has a model in slot A or B.
/// `session` is the window's document, or empty.
[[nodiscard]] Run runFrom(const Slots& models, const std::string& session);

/// The state that shows the saved run that stands at `path`; its models are not open. Figures stay
/// the run's own, shared.
[[nodiscard]] Slots slotsFrom(const RunPtr& run, const QString& path);

}  // namespace kvloupe
