// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/json_questions.hpp"

#include <array>

#include "engine/setting_json.hpp"
#include "evaluation/verdict.hpp"

namespace kvloupe::cli {
namespace {

constexpr std::array<const char*, 3> kStates = {"found", "fails", "undecided"};

Json pointJson(const SweepPoint& point) {
  return {{"spec", point.specText},
          {"rank", point.rank},
          {"format", point.format.empty() ? Json(nullptr) : Json(point.format)},
          {"tensor_ratio", point.tensorRatio},
          {"cache_ratio", point.cacheRatio},
          {"bytes_per_token", point.bytesPerToken},
          {"tokens_scored", point.tokensScored},
          {"delta_ppl_percent", point.deltaPplPercent},
          {"delta_ppl_ci95", intervalJson(point.interval)},
          {"kl_mean", point.klMean},
          {"top1_agreement", point.top1Agreement},
          {"on_front", point.onFront}};
}

Json safeJson(const SafeRatio& safe) {
  return {{"budget_percent", safe.budgetPercent},
          {"state", kStates[std::size_t(safe.state)]},
          {"cache_ratio", orNull(safe.ratio)},
          {"rank", safe.ratio ? Json(safe.rank) : Json(nullptr)},
          {"delta_ppl_percent", safe.ratio ? Json(safe.deltaPplPercent) : Json(nullptr)},
          {"delta_ppl_ci95", intervalJson(safe.interval)},
          {"fails_from", orNull(safe.failsFrom)},
          {"fails_from_rank", safe.failsFrom ? Json(safe.failsFromRank) : Json(nullptr)},
          {"bracket_steps", safe.failsFrom ? Json(safe.bracketSteps) : Json(nullptr)},
          {"confirmed", safe.confirmed},
          {"passes_again", safe.passesAgain}};
}

Json curveJson(const SweepCurve& curve) {
  Json targets = Json::array(), points = Json::array(), safe = Json::array();
  for (const Target target : curve.targets) targets.push_back(targetName(target));
  for (const SweepPoint& point : curve.points) points.push_back(pointJson(point));
  for (const SafeRatio& ratio : curve.safe) safe.push_back(safeJson(ratio));
  return {{"name", curve.name}, {"label", curve.label},
          {"targets", targets}, {"tap", curve.tap ? Json(tapName(*curve.tap)) : Json(nullptr)},
          {"dim", curve.dim},   {"frees_cache", curve.freesCache},
          {"points", points},   {"safe", safe}};
}

Json verdictJson(const Verdict& verdict) {
  Json rules = Json::array();
  for (const KeyRule& rule : verdict.rules)
    rules.push_back(
        {{"keys", rule.curve},
         {"budget_percent", rule.budgetPercent > 0 ? Json(rule.budgetPercent) : Json(nullptr)},
         {"ruling", rulingName(rule.ruling)},
         {"reason", rule.reason}});
  return {{"dont_mess_with_k", rules},
          {"half_rank_delta_nll", orNull(verdict.halfRankDifference)},
          {"half_rank_delta_nll_ci95", intervalJson(verdict.halfRankInterval)},
          {"sentences", verdict.sentences}};
}

}  // namespace

Json toJson(const Sweep& sweep, const ModelInfo& model) {
  Json curves = Json::array();
  for (const SweepCurve& curve : sweep.curves) curves.push_back(curveJson(curve));
  Json json = {{"model", model.name}};
  json.update(settingJson(sweep.setting));
  json.update({{"method", sweep.method},
               {"budgets", sweep.budgets},
               {"plans", sweep.plans.size()},
               {"complete", sweep.complete},
               {"curves", curves},
               {"verdict", sweep.verdict ? verdictJson(*sweep.verdict) : Json(nullptr)}});
  return json;
}

Json toJson(const Sensitivity& sensitivity, const ModelInfo& model) {
  Json cells = Json::array(), cumulative = Json::array();
  for (const SensitivityCell& cell : sensitivity.cells)
    cells.push_back({{"layer", cell.layer},
                     {"column", sensitivity.columns[std::size_t(cell.column)]},
                     {"delta_nll", cell.deltaNll},
                     {"delta_nll_ci95", intervalJson(cell.deltaNllInterval)},
                     {"delta_ppl_percent", cell.deltaPplPercent},
                     {"delta_ppl_ci95", intervalJson(cell.interval)},
                     {"kl_mean", cell.klMean},
                     {"top1_agreement", cell.top1Agreement},
                     {"bits_saved", cell.bitsSaved}});
  for (const CumulativePoint& point : sensitivity.cumulative)
    cumulative.push_back({{"column", sensitivity.columns[std::size_t(point.column)]},
                          {"layer", point.layer},
                          {"estimate_percent", point.estimatePercent},
                          {"delta_ppl_percent", point.deltaPplPercent},
                          {"delta_ppl_ci95", intervalJson(point.interval)}});
  Json json = {{"model", model.name}};
  json.update(settingJson(sensitivity.setting));
  json.update({{"compress", sensitivity.specText},
               {"tokens_scored", sensitivity.tokensScored},
               {"windows", sensitivity.windows},
               {"windows_planned", sensitivity.windowsPlanned},
               {"complete", sensitivity.complete()},
               {"baseline_ppl", sensitivity.baselinePpl},
               {"layers", sensitivity.layers},
               {"columns", sensitivity.columns},
               {"cells", cells},
               {"cumulative", cumulative}});
  return json;
}

Json toJson(const Allocation& allocation, const ModelInfo& model) {
  Json choices = Json::array();
  for (const AllocationChoice& choice : allocation.choices)
    choices.push_back({{"layer", choice.layer},
                       {"target", targetName(choice.target)},
                       {"rank", choice.rank},
                       {"dim", choice.dim},
                       {"format", choice.format.empty() ? Json(nullptr) : Json(choice.format)},
                       {"bits_saved", choice.bitsSaved},
                       {"delta_nll_alone", choice.deltaNll}});
  Json measured = Json::array();
  for (const auto& plan : allocation.plans) {
    const EvaluationFigures& figures = plan->figures;
    measured.push_back({{"compress", plan->specText},
                        {"cache_ratio", plan->accounting.cacheRatio},
                        {"delta_ppl_percent", figures.deltaPplPercent},
                        {"delta_ppl_ci95", intervalJson(figures.deltaInterval)},
                        {"windows", figures.windows},
                        {"windows_planned", figures.windowsPlanned}});
  }
  const auto orNone = [&](const std::shared_ptr<const Evaluation>& plan) {
    return plan ? toJson(*plan, model, false) : Json(nullptr);
  };
  return {{"model", model.name},
          {"budget_percent", orNull(allocation.budgetPercent)},
          {"min_ratio", orNull(allocation.minRatio)},
          {"met", allocation.met},
          {"estimate_percent", allocation.plan ? Json(allocation.estimatePercent) : Json(nullptr)},
          {"choices", choices},
          {"plan", orNone(allocation.plan)},
          {"uniform", orNone(allocation.uniform)},
          {"measured", measured},
          {"complete", allocation.complete}};
}

}  // namespace kvloupe::cli
