// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/plan_draft.hpp"

#include <cmath>

#include "types/plan_choices.hpp"

namespace kvloupe {
namespace {

TargetSetting* findIn(PlanDraft& draft, Target target) {
  return const_cast<TargetSetting*>(std::as_const(draft).find(target));
}

int scaled(int rank, int fromDim, int toDim) {
  const double fraction = static_cast<double>(rank) / fromDim;
  return std::clamp(static_cast<int>(std::lround(fraction * toDim)), 1, toDim);
}

bool compressed(const PlanDraft& draft, Target target) {
  const TargetSetting* setting = draft.find(target);
  return setting != nullptr && !setting->untouched();
}

int halfRank(const TargetSetting& setting) { return std::max(1, setting.dim() / 2); }

void reset(TargetSetting& setting) {
  setting.rank = setting.dim();
  setting.format = Format::Bits16;
  setting.layers.clear();
}

/// A layer that is as all others is not set apart.
void tidy(TargetSetting& setting) {
  std::erase_if(setting.layers,
                [&](const auto& layer) { return setting.at(layer.first) == setting.everywhere(); });
}

}  // namespace

LayerKept TargetSetting::at(int layer) const {
  const auto apart = layers.find(layer);
  if (apart == layers.end()) return everywhere();
  return {apart->second.rank, apart->second.format.value_or(format)};
}

bool TargetSetting::untouched() const {
  return untouched(everywhere()) && std::all_of(layers.begin(), layers.end(), [&](const auto& l) {
           return untouched(at(l.first));
         });
}

std::pair<Target, Target> shownTargets(const PlanDraft& draft) {
  if (draft.hasLatent() && !draft.expanded) return {Target::Latent, Target::RopeKey};
  return {Target::K, Target::V};
}

std::optional<PlanPreset> presetOf(const PlanDraft& draft) {
  if (draft.beyond) return std::nullopt;
  const auto [first, second] = shownTargets(draft);
  if (first == Target::Latent) {
    if (compressed(draft, first) && !compressed(draft, second)) return PlanPreset::Latent;
    return std::nullopt;
  }
  const bool k = compressed(draft, Target::K);
  const bool v = compressed(draft, Target::V);
  if (k && v) {
    const TargetSetting &keys = *draft.find(Target::K), &values = *draft.find(Target::V);
    const bool alike = keys.everywhere() == values.everywhere() && keys.layers == values.layers;
    return alike ? std::optional(PlanPreset::KAndV) : std::nullopt;
  }
  if (v) return PlanPreset::VOnly;
  if (k) return PlanPreset::KOnly;
  return std::nullopt;
}

Method methodOf(const TargetSetting& setting) {
  if (setting.lowRank()) return setting.quantized() ? Method::LowRankQuantize : Method::LowRank;
  return setting.quantized() ? Method::Quantize : Method::Untouched;
}

PlanDraft withPreset(PlanDraft draft, PlanPreset preset) {
  if (preset == PlanPreset::Latent && !draft.hasLatent()) return draft;
  draft.beyond.reset();
  draft.expanded = preset != PlanPreset::Latent && draft.hasLatent();
  draft.linked = preset == PlanPreset::KAndV;
  const bool keysLead = compressed(draft, Target::K);
  for (TargetSetting& setting : draft.settings) {
    const bool k = setting.target == Target::K;
    const bool v = setting.target == Target::V;
    const bool wanted = (v && (preset == PlanPreset::VOnly || preset == PlanPreset::KAndV)) ||
                        (k && (preset == PlanPreset::KOnly || preset == PlanPreset::KAndV)) ||
                        (setting.target == Target::Latent && preset == PlanPreset::Latent);
    if (!wanted)
      reset(setting);
    else if (setting.untouched())
      setting.rank = halfRank(setting);
  }
  if (preset == PlanPreset::KAndV) {
    TargetSetting* k = findIn(draft, Target::K);
    TargetSetting* v = findIn(draft, Target::V);
    k->rank = v->rank = std::min(k->rank, v->rank);
    k->format = v->format = (keysLead ? k : v)->format;
    if (k->layers != v->layers) {
      k->layers.clear();
      v->layers.clear();
    }
  }
  return draft;
}

PlanDraft withRank(PlanDraft draft, Target target, int rank) {
  TargetSetting* setting = findIn(draft, target);
  if (setting == nullptr) return draft;
  draft.beyond.reset();
  setting->rank = std::clamp(rank, 1, setting->dim());
  tidy(*setting);
  if (!draft.linked) return draft;
  const auto [first, second] = shownTargets(draft);
  TargetSetting* other = findIn(draft, target == first ? second : first);
  if (other != nullptr) {
    other->rank = scaled(setting->rank, setting->dim(), other->dim());
    tidy(*other);
  }
  return draft;
}

PlanDraft withMethod(PlanDraft draft, Target target, Method method) {
  const TargetSetting* before = draft.find(target);
  if (before == nullptr) return draft;
  if (method == Method::Untouched) return untouchedDraft(std::move(draft), target);
  TargetSetting setting = *before;
  const bool lowRank = method != Method::Quantize;
  const bool quantized = method != Method::LowRank;
  if (lowRank != setting.lowRank()) setting.rank = lowRank ? halfRank(setting) : setting.dim();
  if (quantized != setting.quantized()) setting.format = quantized ? Format::Int8 : Format::Bits16;
  return withSetting(std::move(draft), setting);
}

PlanDraft withSetting(PlanDraft draft, const TargetSetting& setting) {
  if (TargetSetting* own = findIn(draft, setting.target)) {
    draft.beyond.reset();
    *own = setting;
    tidy(*own);
  }
  return draft;
}

PlanDraft withScope(PlanDraft draft, Target target, Scope scope) {
  if (TargetSetting* setting = findIn(draft, target)) {
    draft.beyond.reset();
    const int before = setting->dim();
    setting->scope = scope;
    setting->rank = scaled(setting->rank, before, setting->dim());
    for (auto& [layer, apart] : setting->layers)
      apart.rank = scaled(apart.rank, before, setting->dim());
  }
  return draft;
}

PlanDraft withLink(PlanDraft draft, bool linked) {
  draft.linked = linked;
  if (!linked) return draft;
  // The more compressed of the two decides.
  const auto [first, second] = shownTargets(draft);
  const auto fraction = [&](Target target) {
    const TargetSetting* s = draft.find(target);
    return static_cast<double>(s->rank) / s->dim();
  };
  const Target leader = fraction(first) <= fraction(second) ? first : second;
  return withRank(draft, leader, draft.find(leader)->rank);
}

PlanDraft withLayer(PlanDraft draft, Target target, int layer, std::optional<LayerOverride> apart) {
  TargetSetting* setting = findIn(draft, target);
  if (setting == nullptr || layer < 0 || layer >= setting->numLayers) return draft;
  draft.beyond.reset();
  if (!apart) {
    setting->layers.erase(layer);
    return draft;
  }
  apart->rank = std::clamp(apart->rank, 1, setting->dim());
  setting->layers[layer] = *apart;
  tidy(*setting);
  return draft;
}

PlanDraft withoutLayers(PlanDraft draft) {
  for (TargetSetting& setting : draft.settings) setting.layers.clear();
  return draft;
}

PlanDraft untouchedDraft(PlanDraft draft) {
  draft.beyond.reset();
  for (TargetSetting& setting : draft.settings) reset(setting);
  return draft;
}

PlanDraft untouchedDraft(PlanDraft draft, Target target) {
  if (TargetSetting* setting = findIn(draft, target)) {
    draft.beyond.reset();
    reset(*setting);
  }
  return draft;
}

CompressionSpec specOf(const TargetSetting& setting, const LayerKept& kept) {
  CompressionSpec spec;
  spec.targets = {setting.target};
  const bool lowRank = kept.rank < setting.dim();
  if (lowRank) {
    spec.rank = kept.rank;
    spec.basis = setting.basis;
    spec.scope = setting.scope;
  }
  if (setting.untouched(kept)) {
    spec.format = Format::Bits16;  // said of a layer that stands apart
    return spec;
  }
  if (setting.tap != setting.taps.front()) spec.tap = setting.tap;
  spec.residual = setting.residual;
  spec.sink = setting.sink;
  if (kept.format != Format::Bits16) {
    spec.format = kept.format;
    spec.rotation = setting.rotation;
    if (isScaled(kept.format) && setting.scale != Scale::Token) spec.scale = setting.scale;
    if (spec.scale == Scale::Channel && setting.group != kScaleGroup) spec.group = setting.group;
  }
  if (spec.basis == Basis::Random || spec.rotation == Rotation::Random) spec.seed = setting.seed;
  return spec;
}

std::vector<CompressionSpec> specsOf(const PlanDraft& draft) {
  if (draft.beyond) return draft.beyond->specs;
  std::vector<CompressionSpec> specs;
  for (const TargetSetting& setting : draft.settings) {
    const bool everywhere = !setting.untouched(setting.everywhere());
    if (everywhere) specs.push_back(specOf(setting, setting.everywhere()));
    const std::size_t ofTarget = specs.size();
    std::vector<LayerKept> groups;
    for (const auto& [layer, apart] : setting.layers) {
      const LayerKept kept = setting.at(layer);
      const auto group = std::find(groups.begin(), groups.end(), kept);
      const auto index = static_cast<std::size_t>(group - groups.begin());
      if (group == groups.end()) {
        groups.push_back(kept);
        specs.push_back(specOf(setting, kept));
      }
      std::vector<std::pair<int, int>>& ranges = specs[ofTarget + index].layers;
      if (!ranges.empty() && ranges.back().second == layer - 1)
        ranges.back().second = layer;
      else
        ranges.emplace_back(layer, layer);
    }
  }
  return specs;
}

}  // namespace kvloupe
