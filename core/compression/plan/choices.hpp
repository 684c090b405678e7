// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "types/model_info.hpp"
#include "types/plan.hpp"
#include "types/plan_choices.hpp"

namespace kvloupe {

/// What a spec says against itself, whatever the model: no way at all or two ways to say how much
/// is kept, a basis or scope without a rank, a scale that the format does not have. Absent where it
/// makes sense.
[[nodiscard]] std::optional<Refusal> contradictionIn(const CompressionSpec& spec);

/// Why this model's `target` cannot be compressed as the spec says, its contradictions first.
/// Layers are not looked at.
[[nodiscard]] std::optional<Refusal> refusalOf(const CompressionSpec& spec, Target target,
                                               const ModelInfo& model);

/// What could stand in the spec's place, one setting changed at a time. A format is offered with
/// the scale it has by itself where the spec's does not go with it.
[[nodiscard]] Choices choicesOf(const CompressionSpec& spec, Target target, const ModelInfo& model);

}  // namespace kvloupe
