// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/draft_for_model.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "compression/plan/accounting.hpp"
#include "compression/plan/choices.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"

namespace kvloupe {
namespace {

PlanDraft untouched(const ModelInfo& model) {
  PlanDraft draft;
  for (const Target target : targetsOf(model)) {
    TargetSetting setting;
    setting.target = target;
    setting.headDim = rankDimension(model, target, Scope::Head);
    setting.layerDim = rankDimension(model, target, Scope::Layer);
    setting.taps = tapsOf(model, target);
    setting.numLayers = model.numLayers;
    setting.rank = setting.headDim;
    setting.tap = defaultTap(model, target);
    draft.settings.push_back(std::move(setting));
  }
  return draft;
}

/// What most layers keep, the first of them where as many keep something else.
LayerKept mostCommon(const std::vector<LayerKept>& layers) {
  const auto key = [](const LayerKept& kept) { return std::pair(kept.rank, kept.format); };
  std::map<std::pair<int, Format>, int> times;
  for (const LayerKept& kept : layers) ++times[key(kept)];
  const auto common = std::max_element(
      layers.begin(), layers.end(),
      [&](const LayerKept& a, const LayerKept& b) { return times[key(a)] < times[key(b)]; });
  return common == layers.end() ? LayerKept{} : *common;
}

/// What a control can show.
int shown(int number) { return std::min(number, kLargestNumber); }

/// The chains of one target as a setting and layers apart; what chains may differ in besides is
/// that of the first.
void take(const Plan& plan, TargetSetting& setting) {
  const Chain* first = nullptr;
  for (const auto& [place, chain] : plan.chains)
    if (place.second == setting.target && first == nullptr) first = &chain;
  if (first == nullptr) return;
  for (const auto& [place, chain] : plan.chains) {
    // A chain without a low rank has no basis, one without a format no scale and no rotation.
    if (place.second != setting.target) continue;
    if (chain.rank) setting.scope = chain.scope;
    if (chain.rank) setting.basis = chain.basis;
    if (chain.rotation != Rotation::None) setting.rotation = chain.rotation;
    if (chain.scale != Scale::Token) setting.scale = chain.scale;
    if (chain.scale == Scale::Channel) setting.group = shown(chain.group);
    if (chain.seed != 0) setting.seed = std::min<std::uint64_t>(chain.seed, kLargestNumber);
  }
  setting.tap = first->tap;
  setting.residual = shown(first->residual);
  setting.sink = shown(first->sink);
  std::vector<LayerKept> layers;
  for (int layer = 0; layer < setting.numLayers; ++layer) {
    const auto chain = plan.chains.find({layer, setting.target});
    if (chain == plan.chains.end())
      layers.push_back({setting.dim(), Format::Bits16});
    else
      layers.push_back({chain->second.rank.value_or(setting.dim()), chain->second.format});
  }
  const LayerKept common = mostCommon(layers);
  setting.rank = common.rank;
  setting.format = common.format;
  for (int layer = 0; layer < setting.numLayers; ++layer) {
    const LayerKept& kept = layers[static_cast<std::size_t>(layer)];
    if (kept == common) continue;
    LayerOverride apart{kept.rank};
    if (kept.format != common.format) apart.format = kept.format;
    setting.layers[layer] = apart;
  }
}

/// The rank nearest to that of `kept` that the core accepts with its format, the larger of two.
std::optional<int> nearestRank(const ModelInfo& model, const TargetSetting& setting,
                               LayerKept kept) {
  const int wanted = kept.rank, dim = setting.dim();
  for (int away = 0; away < dim; ++away)
    for (const int rank : {wanted + away, wanted - away}) {
      if (rank < 1 || rank > dim) continue;
      kept.rank = rank;
      if (!refusalOf(specOf(setting, kept), setting.target, model)) return rank;
    }
  return std::nullopt;
}

}  // namespace

PlanDraft firstDraft(const ModelInfo& model) {
  const PlanDraft draft = untouched(model);
  return withPreset(draft, draft.hasLatent() ? PlanPreset::Latent : PlanPreset::VOnly);
}

PlanDraft draftFor(const ModelInfo& model, std::span<const CompressionSpec> specs) {
  PlanDraft draft = untouched(model);
  Plan plan;
  try {
    plan = resolvePlan(specs, model);
  } catch (const Error&) {
    return draft;  // a run file may hold a plan that its own model could not have
  }
  for (TargetSetting& setting : draft.settings) take(plan, setting);
  const auto compressed = [&](Target target) { return !draft.find(target)->untouched(); };
  draft.expanded = draft.hasLatent() && !plan.identity() && !compressed(Target::Latent) &&
                   !compressed(Target::RopeKey);
  bool whole = false;
  try {
    whole = resolvePlan(specsOf(draft), model) == plan;
  } catch (const Error&) {
    // what the controls would say is refused: they cannot show it
  }
  if (!whole) {
    draft = acceptable(model, withoutLayers(std::move(draft)));
    draft.beyond = PlanBeyondSliders{{specs.begin(), specs.end()}, specText(specs)};
  }
  return draft;
}

PlanDraft acceptable(const ModelInfo& model, PlanDraft draft) {
  if (draft.beyond) return draft;
  for (TargetSetting& setting : draft.settings) {
    LayerKept kept = setting.everywhere();
    if (const auto rank = nearestRank(model, setting, kept)) {
      setting.rank = *rank;
    } else {
      setting.rotation = Rotation::None;
      if (const auto plain = nearestRank(model, setting, kept))
        setting.rank = *plain;
      else
        setting.format = Format::Bits16;
    }
    for (auto& [layer, apart] : setting.layers) {
      kept = setting.at(layer);
      if (const auto rank = nearestRank(model, setting, kept))
        apart.rank = *rank;
      else
        apart.format = Format::Bits16;
    }
  }
  // A layer that now is as the others is no longer set apart.
  for (const TargetSetting& setting : std::vector(draft.settings))
    draft = withSetting(std::move(draft), setting);
  return draft;
}

Choices choicesFor(const ModelInfo& model, const TargetSetting& setting) {
  // At full rank too, so that a basis can be chosen before the slider moves.
  CompressionSpec spec = specOf(setting, {setting.rank, setting.format});
  spec.rank = setting.rank;
  spec.basis = setting.basis;
  spec.scope = setting.scope;
  spec.tap = setting.tap;
  return choicesOf(spec, setting.target, model);
}

Accounting accountFor(const ModelInfo& model, const PlanDraft& draft, std::int64_t windowTokens) {
  return account(resolvePlan(specsOf(draft), model), model, windowTokens);
}

std::optional<Plan> planOf(const ModelInfo& model, std::span<const CompressionSpec> specs) {
  try {
    return resolvePlan(specs, model);
  } catch (const Error&) {
    return std::nullopt;  // as in draftFor
  }
}

bool isPlanOf(const ModelInfo& model, const PlanDraft& draft,
              std::span<const CompressionSpec> specs) {
  const auto plan = planOf(model, specsOf(draft));
  return plan && plan == planOf(model, specs);
}

}  // namespace kvloupe
