// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "panels/compression_panel.hpp"
#include "panels/error_dialog.hpp"
#include "panels/impact_panel.hpp"
#include "panels/models_panel.hpp"
#include "panels/status_line.hpp"
#include "window/progress_rate.hpp"
#include "workspace/needs.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

class PlanEstimator;

// What the workspace knows, in the form that each panel shows. Pure functions: no panel asks the
// workspace anything, and the workspace knows no panel.

[[nodiscard]] constexpr ModelSlot modelSlot(Slot slot) {
  return slot == Slot::A ? ModelSlot::A : ModelSlot::B;
}
[[nodiscard]] constexpr Slot slotOf(ModelSlot slot) {
  return slot == ModelSlot::A ? Slot::A : Slot::B;
}

/// "qwen2 · GQA": family and how its queries share keys.
[[nodiscard]] QString familyText(const ModelInfo& model);

/// `texts` are the files chosen so far.
[[nodiscard]] ModelsView modelsView(const Workspace& workspace,
                                    const std::vector<TextChoice>& texts);
[[nodiscard]] CompressionView compressionView(const Workspace& workspace);
/// Of the active model.
[[nodiscard]] ImpactView impactView(const Workspace& workspace, PlanEstimator& estimator);
/// The same, with what is there to learn from learned for this once.
[[nodiscard]] ImpactView impactView(const Workspace& workspace);
/// A model's figures alone, without charts: what a line shows.
[[nodiscard]] ImpactView impactFigures(const Workspace& workspace, Slot slot,
                                       PlanEstimator& estimator);

/// `message` is shown while nothing runs.
[[nodiscard]] StatusView statusView(const Workspace& workspace, const ProgressRate& rate,
                                    const QString& message, int newLogLines);

[[nodiscard]] ErrorReport errorReport(const Failure& failure);

}  // namespace kvloupe
