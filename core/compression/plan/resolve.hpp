// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "types/model_info.hpp"
#include "types/plan.hpp"

namespace kvloupe {

/// Targets this model has, keys first: K, V; in MLA Latent, RopeKey, K, V.
[[nodiscard]] std::vector<Target> targetsOf(const ModelInfo& model);

/// Where a target is compressed unless told otherwise: what the cache holds. In MLA K is the
/// expanded part, since `k_rope` is there the shared rotary key.
[[nodiscard]] Tap defaultTap(const ModelInfo& model, Target target);

/// Taps at which a target can be compressed, the default one first.
[[nodiscard]] std::vector<Tap> tapsOf(const ModelInfo& model, Target target);

/// Dimensions that a rank counts: of one head, or of the concatenated heads with Scope::Layer.
[[nodiscard]] int rankDimension(const ModelInfo& model, Target target, Scope scope);

/// What the specs mean for this model. A later spec replaces the whole step of its targets and
/// layers; a full rank leaves them untouched. keep=p is rank max(1, round(d p / 100)), halves up.
/// Throws Error InvalidArgument: target or tap that the model lacks, rank over d, layer out of
/// range.
[[nodiscard]] Plan resolvePlan(std::span<const CompressionSpec> specs, const ModelInfo& model);

}  // namespace kvloupe
