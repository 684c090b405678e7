// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/draft_for_model.hpp"

#include <algorithm>

#include "common/error.hpp"
#include "compression/plan/accounting.hpp"
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
    setting.rank = setting.headDim;
    setting.tap = defaultTap(model, target);
    draft.settings.push_back(std::move(setting));
  }
  return draft;
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
  for (TargetSetting& setting : draft.settings)
    for (const auto& [place, chain] : plan.chains)
      if (place.second == setting.target) {
        setting.scope = chain.scope;
        setting.rank = chain.rank.value_or(setting.dim());
        setting.tap = chain.tap;
        break;
      }
  const auto compressed = [&](Target target) {
    return std::any_of(plan.chains.begin(), plan.chains.end(),
                       [&](const auto& chain) { return chain.first.second == target; });
  };
  draft.expanded = draft.hasLatent() && !plan.identity() && !compressed(Target::Latent) &&
                   !compressed(Target::RopeKey);
  if (resolvePlan(specsOf(draft), model) != plan)
    draft.beyond = PlanBeyondSliders{{specs.begin(), specs.end()}, specText(specs)};
  return draft;
}

Accounting accountFor(const ModelInfo& model, const PlanDraft& draft, std::int64_t windowTokens) {
  return account(resolvePlan(specsOf(draft), model), model, windowTokens);
}

bool isPlanOf(const ModelInfo& model, const PlanDraft& draft,
              std::span<const CompressionSpec> specs) {
  try {
    return resolvePlan(specsOf(draft), model) == resolvePlan(specs, model);
  } catch (const Error&) {
    return false;  // as in draftFor
  }
}

}  // namespace kvloupe
