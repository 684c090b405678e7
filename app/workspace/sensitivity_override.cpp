// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/sensitivity_override.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "compression/plan/choices.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"

namespace kvloupe {
namespace {

/// What was done to a target where it was measured, or nothing.
std::optional<Chain> measuredOf(const Sensitivity& figures, const ModelInfo& model, Target target) {
  std::vector<CompressionSpec> specs;
  try {
    specs = parseSpecs(figures.specText);
  } catch (const Error&) {
    return std::nullopt;  // a run file may say anything
  }
  for (const CompressionSpec& spec : specs) {
    if (std::find(spec.targets.begin(), spec.targets.end(), target) == spec.targets.end()) continue;
    if (refusalOf(spec, target, model)) return std::nullopt;
    return chainOf(spec, target, model);
  }
  return std::nullopt;
}

/// Where nothing else of the target is compressed its tap and basis are the measured ones, too.
PlanDraft withMeasured(PlanDraft draft, const Chain& chain, Target target, int layer) {
  TargetSetting setting = *draft.find(target);
  if (setting.untouched()) {
    setting.tap = chain.tap;
    setting.basis = chain.basis;
    setting.scale = chain.scale;
    setting.rotation = chain.rotation;
    setting.group = chain.group;
    setting.residual = chain.residual;
    setting.sink = chain.sink;
    setting.seed = chain.seed;
    draft = withScope(withSetting(std::move(draft), setting), target, chain.scope);
  }
  const int dim = draft.find(target)->dim();
  return withLayer(std::move(draft), target, layer,
                   LayerOverride{chain.rank.value_or(dim), chain.format});
}

}  // namespace

std::vector<Target> targetsOfColumn(const std::string& column) {
  if (column == "k+v") return {Target::K, Target::V};
  if (const auto target = targetFromName(column)) return {*target};
  return {};
}

PlanDraft withCellApart(PlanDraft draft, const ModelInfo& model, const Sensitivity& figures,
                        int layer, int column) {
  const std::vector<Target> targets =
      targetsOfColumn(figures.columns[static_cast<std::size_t>(column)]);
  const auto any = [&](auto holds) {
    return std::any_of(targets.begin(), targets.end(), [&](Target target) {
      const TargetSetting* setting = draft.find(target);
      return setting != nullptr && holds(*setting);
    });
  };
  const bool apart = any([&](const TargetSetting& s) { return s.layers.contains(layer); });
  const bool compressed = any([&](const TargetSetting& s) { return !s.untouched(s.at(layer)); });
  for (const Target target : targets) {
    const TargetSetting* setting = draft.find(target);
    if (setting == nullptr) continue;
    const LayerOverride whole{setting->dim(), Format::Bits16};
    if (apart)
      draft = withLayer(std::move(draft), target, layer, std::nullopt);
    else if (compressed)
      draft = withLayer(std::move(draft), target, layer, whole);
    else if (const auto chain = measuredOf(figures, model, target))
      draft = withMeasured(std::move(draft), *chain, target, layer);
  }
  return draft;
}

}  // namespace kvloupe
