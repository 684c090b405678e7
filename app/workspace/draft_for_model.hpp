// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "panels/plan_draft.hpp"
#include "types/model_info.hpp"
#include "types/plan_choices.hpp"

namespace kvloupe {

/// The draft a model starts with: V at half rank (in MLA the latent), all else untouched.
[[nodiscard]] PlanDraft firstDraft(const ModelInfo& model);

/// The controls' positions for a plan that was measured before: what most layers have, and the
/// layers that differ from it in rank or format. Of a plan that is neither they show the nearest,
/// and the draft carries it whole.
[[nodiscard]] PlanDraft draftFor(const ModelInfo& model, std::span<const CompressionSpec> specs);

/// The draft, with every rank moved to the nearest that the core accepts with its format and
/// rotation; where there is none, without those.
[[nodiscard]] PlanDraft acceptable(const ModelInfo& model, PlanDraft draft);

/// What the settings of a target may become.
[[nodiscard]] Choices choicesFor(const ModelInfo& model, const TargetSetting& setting);

/// Bits of a draft, per token of a window of `windowTokens`. Never throws for an
/// acceptable draft.
[[nodiscard]] Accounting accountFor(const ModelInfo& model, const PlanDraft& draft,
                                    std::int64_t windowTokens);

/// What specs mean for a model; absent where it cannot have them, as a run file may claim.
[[nodiscard]] std::optional<Plan> planOf(const ModelInfo& model,
                                         std::span<const CompressionSpec> specs);

/// Whether `specs` mean what the draft means, however they are written (kv: as k: and v:).
[[nodiscard]] bool isPlanOf(const ModelInfo& model, const PlanDraft& draft,
                            std::span<const CompressionSpec> specs);

}  // namespace kvloupe
