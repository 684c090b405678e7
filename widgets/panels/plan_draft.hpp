// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "types/plan.hpp"

namespace kvloupe {

/// What a layer keeps: how many dimensions, and what they are stored as.
struct LayerKept {
  int rank = 0;
  Format format = Format::Bits16;

  friend bool operator==(const LayerKept&, const LayerKept&) = default;
};

/// What a layer has in place of what its target has everywhere else.
struct LayerOverride {
  int rank = 0;
  std::optional<Format> format = {};  // absent: the target's

  friend bool operator==(const LayerOverride&, const LayerOverride&) = default;
};

/// What the controls of one target stand at.
struct TargetSetting {
  Target target = Target::V;
  int headDim = 0;        // dimensions of one head
  int layerDim = 0;       // of the concatenated heads
  int numLayers = 0;      // of the model
  std::vector<Tap> taps;  // where this target can be compressed, the default first
  int rank = 0;
  Tap tap = Tap::V;
  Scope scope = Scope::Head;
  Basis basis = Basis::Pca;
  Format format = Format::Bits16;
  Scale scale = Scale::Token;  // where the format has one
  Rotation rotation = Rotation::None;
  int group = kScaleGroup;                   // tokens that share a channel's scale
  int residual = 0;                          // newest tokens that every query sees uncompressed
  int sink = 0;                              // first tokens of a window that stay uncompressed
  std::uint64_t seed = 0;                    // of a random basis and rotation
  std::map<int, LayerOverride> layers = {};  // those that differ

  [[nodiscard]] int dim() const { return scope == Scope::Head ? headDim : layerDim; }
  [[nodiscard]] bool lowRank() const { return rank < dim(); }
  [[nodiscard]] bool quantized() const { return format != Format::Bits16; }
  [[nodiscard]] LayerKept everywhere() const { return {rank, format}; }
  [[nodiscard]] LayerKept at(int layer) const;
  [[nodiscard]] bool untouched(const LayerKept& kept) const {
    return kept.rank >= dim() && kept.format == Format::Bits16;
  }
  /// In every layer.
  [[nodiscard]] bool untouched() const;
  friend bool operator==(const TargetSetting&, const TargetSetting&) = default;
};

/// The largest group, residual, sink and seed that a control shows; plans beyond it are beyond the
/// sliders.
inline constexpr int kLargestNumber = 999'999;

enum class PlanPreset : std::uint8_t { VOnly, KOnly, KAndV, Latent };

/// How a target is compressed.
enum class Method : std::uint8_t { Untouched, LowRank, Quantize, LowRankQuantize };

/// A plan that the controls cannot show: layers that differ in more than rank and format, large
/// seeds.
struct PlanBeyondSliders {
  std::vector<CompressionSpec> specs;
  std::string text;  // the same in words
  friend bool operator==(const PlanBeyondSliders&, const PlanBeyondSliders&) = default;
};

/// The plan as the panel shows it: a setting for every target, and the layers set apart from it.
struct PlanDraft {
  std::vector<TargetSetting> settings;  // every target of the model
  bool expanded = false;  // MLA: the sliders are K and V, not the latent and the rotary key
  bool linked = false;    // the two sliders shown move together
  /// The plan itself where the controls stand only near it; the first edit drops it.
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

[[nodiscard]] Method methodOf(const TargetSetting& setting);

/// Puts a preset in force. A target that it names keeps what it has if it is compressed already,
/// else gets half of its dimensions; all others become untouched.
[[nodiscard]] PlanDraft withPreset(PlanDraft draft, PlanPreset preset);

/// Sets a rank, clamped to 1..d; where the sliders are linked the other keeps the same fraction.
/// Layers set apart stay so.
[[nodiscard]] PlanDraft withRank(PlanDraft draft, Target target, int rank);

/// Low rank: half of the dimensions where it was all of them; quantized: int8 where it was 16 bits.
[[nodiscard]] PlanDraft withMethod(PlanDraft draft, Target target, Method method);

/// Puts a setting in the place of its target's: all but what a rank counts.
[[nodiscard]] PlanDraft withSetting(PlanDraft draft, const TargetSetting& setting);

/// Changes what a rank counts and keeps the fraction.
[[nodiscard]] PlanDraft withScope(PlanDraft draft, Target target, Scope scope);
[[nodiscard]] PlanDraft withLink(PlanDraft draft, bool linked);

/// Sets a layer apart, its rank clamped to 1..d; or, without a value, takes it back.
[[nodiscard]] PlanDraft withLayer(PlanDraft draft, Target target, int layer,
                                  std::optional<LayerOverride> apart);
/// No layer of any target is set apart.
[[nodiscard]] PlanDraft withoutLayers(PlanDraft draft);

/// Every target untouched, or one of them.
[[nodiscard]] PlanDraft untouchedDraft(PlanDraft draft);
[[nodiscard]] PlanDraft untouchedDraft(PlanDraft draft, Target target);

/// What a setting asks for where a layer keeps so much, without target and layers said elsewhere.
[[nodiscard]] CompressionSpec specOf(const TargetSetting& setting, const LayerKept& kept);

/// The plan beyond the sliders, else one spec for each compressed target and one for each group of
/// layers that are set apart alike; none: the plan is the baseline.
[[nodiscard]] std::vector<CompressionSpec> specsOf(const PlanDraft& draft);

}  // namespace kvloupe
