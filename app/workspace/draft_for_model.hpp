// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

#include "panels/plan_draft.hpp"
#include "types/model_info.hpp"

namespace kvloupe {

/// The draft a model starts with: V at half rank (in MLA the latent), all else untouched.
[[nodiscard]] PlanDraft firstDraft(const ModelInfo& model);

/// The sliders' positions for a plan that was measured before. Sliders know one rank for all
/// layers: of any other plan they show the first compressed layer, and the draft carries it whole.
[[nodiscard]] PlanDraft draftFor(const ModelInfo& model, std::span<const CompressionSpec> specs);

/// Bits of a draft, per token of a window of `windowTokens`. Never throws for a draft made for this
/// model.
[[nodiscard]] Accounting accountFor(const ModelInfo& model, const PlanDraft& draft,
                                    std::int64_t windowTokens);

/// Whether `specs` mean what the draft means, however they are written (kv: as k: and v:).
[[nodiscard]] bool isPlanOf(const ModelInfo& model, const PlanDraft& draft,
                            std::span<const CompressionSpec> specs);

}  // namespace kvloupe
