// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <vector>

#include "types/model_info.hpp"
#include "types/sweep.hpp"

namespace kvloupe {

/// The curves that a verdict needs, without points: V, K after and before RoPE, K and V at the same
/// rank; in MLA the latent and the rotary key.
[[nodiscard]] std::vector<SweepCurve> defaultCurves(const ModelInfo& model);

/// One curve by name: "v", "k_rope", "k", "kv", "latent", "rope_key". Throws Error InvalidArgument
/// where the model has no such target.
[[nodiscard]] SweepCurve namedCurve(const ModelInfo& model, const std::string& name);

/// SPEC that keeps `rank` dimensions of a curve's targets, `keys` being further ones.
[[nodiscard]] std::string rankSpec(const SweepCurve& curve, int rank, const std::string& keys);
/// SPEC that stores a curve's targets in a format.
[[nodiscard]] std::string formatSpec(const SweepCurve& curve, const std::string& format);

/// Puts the figures of a measured plan into its point.
void setMeasured(SweepPoint& point, const Evaluation& plan);

/// Orders the points of a curve by their ratio and reads its safe ratios off those that are ranks.
void arrangeCurve(SweepCurve& curve, std::span<const double> budgets);

/// Marks the points that no other one of any curve beats: as large a ratio at no more dPPL.
void markFront(std::span<SweepCurve> curves);

}  // namespace kvloupe
