// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/plan_words.hpp"

#include <array>
#include <set>

namespace kvloupe {
namespace {

template <class Enum, std::size_t N>
std::string nameOf(Enum value, const std::array<std::string_view, N>& names) {
  return std::string(names[static_cast<std::size_t>(value)]);
}

std::string formatWord(Format format) {
  return format == Format::Bits16 ? "16 bits" : nameOf(format, kFormatNames);
}

std::string count(std::size_t layers) {
  return std::to_string(layers) + (layers == 1 ? " layer" : " layers");
}

/// The layers whose override differs.
std::set<int> changedLayers(const TargetSetting& before, const TargetSetting& after) {
  std::set<int> changed;
  for (const auto& [layer, apart] : before.layers) {
    const auto other = after.layers.find(layer);
    if (other == after.layers.end() || other->second != apart) changed.insert(layer);
  }
  for (const auto& [layer, apart] : after.layers)
    if (!before.layers.contains(layer)) changed.insert(layer);
  return changed;
}

/// "rank 24", "int4", "rank 24 int4", "untouched".
std::string keptWords(const TargetSetting& setting, const LayerKept& kept) {
  if (setting.untouched(kept)) return "untouched";
  std::string words;
  if (kept.rank < setting.dim()) words = "rank " + std::to_string(kept.rank);
  if (kept.format == Format::Bits16) return words;
  return (words.empty() ? words : words + " ") + formatWord(kept.format);
}

std::string settingChange(const TargetSetting& before, const TargetSetting& after) {
  std::string words = targetWord(after.target) + " ";
  if (after.untouched() && !before.untouched()) return words + "untouched";
  if (before.tap != after.tap) return words + "tap " + std::string(tapName(after.tap));
  if (before.scope != after.scope) return words + "scope " + nameOf(after.scope, kScopeNames);
  if (before.basis != after.basis) return words + "basis " + nameOf(after.basis, kBasisNames);
  if (before.scale != after.scale) return words + "scale " + nameOf(after.scale, kScaleNames);
  if (before.rotation != after.rotation)
    return words + "rotation " + nameOf(after.rotation, kRotationNames);
  if (before.everywhere() != after.everywhere()) {
    if (before.rank == after.rank) return words + formatWord(after.format);
    if (before.format == after.format) return words + "rank " + std::to_string(after.rank);
    return words + keptWords(after, after.everywhere());
  }
  const std::set<int> changed = changedLayers(before, after);
  if (changed.size() != 1) return words + count(changed.size());
  const int layer = *changed.begin();
  words += "layer " + std::to_string(layer) + " ";
  return words +
         (after.layers.contains(layer) ? keptWords(after, after.at(layer)) : "as the others");
}

}  // namespace

std::string targetWord(Target target) {
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
}

std::string describe(const PlanDraft& draft) {
  if (draft.settings.empty()) return {};
  if (draft.beyond) return draft.beyond->text;
  const auto one = [&](const TargetSetting& setting) {
    std::string words = targetWord(setting.target) + " " + keptWords(setting, setting.everywhere());
    if (!setting.layers.empty()) words += ", " + count(setting.layers.size()) + " apart";
    return words;
  };
  auto [first, second] = shownTargets(draft);
  const bool firstRests = draft.find(first)->untouched();
  const bool secondRests = draft.find(second)->untouched();
  if (firstRests && secondRests) return "untouched";
  if (firstRests) std::swap(first, second);
  return one(*draft.find(first)) + ", " + one(*draft.find(second));
}

std::string changeWords(const PlanDraft& before, const PlanDraft& after) {
  if (before.settings.size() != after.settings.size() || before.beyond || after.beyond ||
      before.expanded != after.expanded)
    return describe(after);
  if (before.linked != after.linked && before.settings == after.settings)
    return after.linked ? "link" : "no link";
  std::vector<std::string> changes;
  for (std::size_t i = 0; i < after.settings.size(); ++i)
    if (before.settings[i] != after.settings[i])
      changes.push_back(settingChange(before.settings[i], after.settings[i]));
  return changes.size() == 1 ? changes.front() : describe(after);
}

}  // namespace kvloupe
