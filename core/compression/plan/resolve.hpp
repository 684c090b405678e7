// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
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

/// Values that are stored for a token, and how they are grouped: one basis and one scale a token
/// for every group.
struct ChainShape {
  int groups = 0;
  int dim = 0;     // of a group before compression
  int stored = 0;  // of a group: coefficients of a low rank, else the values themselves
};
[[nodiscard]] ChainShape chainShape(const Chain& chain, const ModelInfo& model, Target target);

/// What a spec does to a target that refusalOf (compression/plan/choices.hpp) lets pass. Settings
/// that nothing reads have their defaults: a seed where nothing is random, a rotation where nothing
/// is quantized, a scale that the format does not have.
[[nodiscard]] Chain chainOf(const CompressionSpec& spec, Target target, const ModelInfo& model);

/// What the specs mean for this model. A later spec replaces the whole chain of its targets and
/// layers; full rank in 16 bits leaves them untouched, whatever else it says. keep=p is rank
/// max(1, round(d p / 100)), halves up. Throws Error InvalidArgument: what contradicts itself or
/// what the model or target cannot have (compression/plan/choices.hpp), a layer out of range.
[[nodiscard]] Plan resolvePlan(std::span<const CompressionSpec> specs, const ModelInfo& model);

/// What a person should know of the plan's figures: scales that see later tokens.
[[nodiscard]] std::vector<std::string> planWarnings(const Plan& plan);

/// Whether something of the chain comes from a calibration text.
[[nodiscard]] bool needsCalibration(const Chain& chain);
[[nodiscard]] bool needsCalibration(const Plan& plan);

}  // namespace kvloupe
