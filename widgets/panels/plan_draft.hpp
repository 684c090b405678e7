// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "types/plan.hpp"

namespace kvloupe {

/// What the controls of one target stand at.
struct TargetSetting {
  Target target = Target::V;
  int headDim = 0;        // dimensions of one head
  int layerDim = 0;       // of the concatenated heads
  std::vector<Tap> taps;  // where this target can be compressed, the default first
  int rank = 0;
  Tap tap = Tap::V;
  Scope scope = Scope::Head;

  [[nodiscard]] int dim() const { return scope == Scope::Head ? headDim : layerDim; }
  [[nodiscard]] bool untouched() const { return rank >= dim(); }
  friend bool operator==(const TargetSetting&, const TargetSetting&) = default;
};

enum class PlanPreset : std::uint8_t { VOnly, KOnly, KAndV, Latent };

/// A plan that no sliders can show: single layers, formats, other bases.
struct PlanBeyondSliders {
  std::vector<CompressionSpec> specs;
  std::string text;  // the same in words
  friend bool operator==(const PlanBeyondSliders&, const PlanBeyondSliders&) = default;
};

/// The plan as the sliders show it: every layer alike, a rank for every target.
struct PlanDraft {
  std::vector<TargetSetting> settings;  // every target of the model
  bool expanded = false;  // MLA: the sliders are K and V, not the latent and the rotary key
  bool linked = false;    // the two sliders shown move together
  /// The plan itself where the sliders stand only near it; the first edit drops it.
  std::optional<PlanBeyondSliders> beyond = {};

  [[nodiscard]] bool hasLatent() const { return find(Target::Latent) != nullptr; }
  [[nodiscard]] const TargetSetting* find(Target target) const {
    const auto it = std::find_if(settings.begin(), settings.end(),
                                 [&](const TargetSetting& s) { return s.target == target; });
    return it == settings.end() ? nullptr : &*it;
  }
  friend bool operator==(const PlanDraft&, const PlanDraft&) = default;
};

/// The two targets that have a slider now, from above.
[[nodiscard]] std::pair<Target, Target> shownTargets(const PlanDraft& draft);

/// The preset that the draft agrees with, if any.
[[nodiscard]] std::optional<PlanPreset> presetOf(const PlanDraft& draft);

/// Puts a preset in force. A target that it names keeps its rank if it is compressed already, else
/// gets half of its dimensions; all others become untouched.
[[nodiscard]] PlanDraft withPreset(PlanDraft draft, PlanPreset preset);

/// Sets a rank, clamped to 1..d; where the sliders are linked the other keeps the same fraction.
[[nodiscard]] PlanDraft withRank(PlanDraft draft, Target target, int rank);
[[nodiscard]] PlanDraft withTap(PlanDraft draft, Target target, Tap tap);

/// Changes what a rank counts and keeps the fraction.
[[nodiscard]] PlanDraft withScope(PlanDraft draft, Target target, Scope scope);
[[nodiscard]] PlanDraft withLink(PlanDraft draft, bool linked);

/// Every target untouched.
[[nodiscard]] PlanDraft untouchedDraft(PlanDraft draft);

/// The plan beyond the sliders, else one spec for each compressed target; none: the plan is the
/// baseline.
[[nodiscard]] std::vector<CompressionSpec> specsOf(const PlanDraft& draft);

/// "V rank 24, K untouched": the two targets shown, the compressed one first; a plan beyond
/// the sliders as it is written.
[[nodiscard]] std::string describe(const PlanDraft& draft);

}  // namespace kvloupe
