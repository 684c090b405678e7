// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/plan_draft.hpp"

#include <cmath>

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

void touch(TargetSetting& setting) {
  if (setting.untouched()) setting.rank = std::max(1, setting.dim() / 2);
}

}  // namespace

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
    const bool sameRank = draft.find(Target::K)->rank == draft.find(Target::V)->rank;
    return sameRank ? std::optional(PlanPreset::KAndV) : std::nullopt;
  }
  if (v) return PlanPreset::VOnly;
  if (k) return PlanPreset::KOnly;
  return std::nullopt;
}

PlanDraft withPreset(PlanDraft draft, PlanPreset preset) {
  if (preset == PlanPreset::Latent && !draft.hasLatent()) return draft;
  draft.beyond.reset();
  draft.expanded = preset != PlanPreset::Latent && draft.hasLatent();
  draft.linked = preset == PlanPreset::KAndV;
  for (TargetSetting& setting : draft.settings) {
    const bool k = setting.target == Target::K;
    const bool v = setting.target == Target::V;
    const bool wanted = (v && (preset == PlanPreset::VOnly || preset == PlanPreset::KAndV)) ||
                        (k && (preset == PlanPreset::KOnly || preset == PlanPreset::KAndV)) ||
                        (setting.target == Target::Latent && preset == PlanPreset::Latent);
    if (wanted)
      touch(setting);
    else
      setting.rank = setting.dim();
  }
  if (preset == PlanPreset::KAndV) {
    TargetSetting* k = findIn(draft, Target::K);
    TargetSetting* v = findIn(draft, Target::V);
    k->rank = v->rank = std::min(k->rank, v->rank);
  }
  return draft;
}

PlanDraft withRank(PlanDraft draft, Target target, int rank) {
  TargetSetting* setting = findIn(draft, target);
  if (setting == nullptr) return draft;
  draft.beyond.reset();
  setting->rank = std::clamp(rank, 1, setting->dim());
  if (!draft.linked) return draft;
  const auto [first, second] = shownTargets(draft);
  TargetSetting* other = findIn(draft, target == first ? second : first);
  if (other != nullptr) other->rank = scaled(setting->rank, setting->dim(), other->dim());
  return draft;
}

PlanDraft withTap(PlanDraft draft, Target target, Tap tap) {
  if (TargetSetting* setting = findIn(draft, target)) {
    draft.beyond.reset();
    setting->tap = tap;
  }
  return draft;
}

PlanDraft withScope(PlanDraft draft, Target target, Scope scope) {
  if (TargetSetting* setting = findIn(draft, target)) {
    draft.beyond.reset();
    const int before = setting->dim();
    setting->scope = scope;
    setting->rank = scaled(setting->rank, before, setting->dim());
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

PlanDraft untouchedDraft(PlanDraft draft) {
  draft.beyond.reset();
  for (TargetSetting& setting : draft.settings) setting.rank = setting.dim();
  return draft;
}

std::vector<CompressionSpec> specsOf(const PlanDraft& draft) {
  if (draft.beyond) return draft.beyond->specs;
  std::vector<CompressionSpec> specs;
  for (const TargetSetting& setting : draft.settings) {
    if (setting.untouched()) continue;
    CompressionSpec spec;
    spec.targets = {setting.target};
    spec.rank = setting.rank;
    if (setting.tap != setting.taps.front()) spec.tap = setting.tap;
    spec.scope = setting.scope;
    specs.push_back(std::move(spec));
  }
  return specs;
}

std::string describe(const PlanDraft& draft) {
  if (draft.settings.empty()) return {};
  if (draft.beyond) return draft.beyond->text;
  const auto name = [](Target target) -> std::string {
    switch (target) {
      case Target::K:
        return "K";
      case Target::V:
        return "V";
      case Target::Latent:
        return "latent";
      case Target::RopeKey:
        return "rotary key";
    }
    return {};
  };
  const auto one = [&](Target target) {
    const TargetSetting* setting = draft.find(target);
    return name(target) + (setting->untouched() ? std::string(" untouched")
                                                : " rank " + std::to_string(setting->rank));
  };
  auto [first, second] = shownTargets(draft);
  const bool firstLeads = compressed(draft, first) || !compressed(draft, second);
  if (!compressed(draft, first) && !compressed(draft, second)) return "untouched";
  if (!firstLeads) std::swap(first, second);
  return one(first) + ", " + one(second);
}

}  // namespace kvloupe
