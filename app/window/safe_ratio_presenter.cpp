// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/safe_ratio_presenter.hpp"

#include <QCoreApplication>
#include <array>

#include "controls/chip.hpp"
#include "types/format.hpp"
#include "workspace/sweep_join.hpp"

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::SafeRatioPresenter)
};

constexpr std::array<double, 3> kBudgets = {1, 3, 5};

QString text(const std::string& words) { return QString::fromStdString(words); }

/// The sweep of what is chosen now, or null.
const Sweep* sweepOf(const Workspace& workspace) {
  const SlotState& state = workspace.activeSlot();
  return sweepCurrent(state, workspace.settings()) ? state.sweep.value.get() : nullptr;
}

/// Of a curve, or of the first that was searched where the plan compresses nothing.
std::string shownCurve(const PlanDraft& draft, const Sweep* sweep) {
  if (!sweep || !specsOf(draft).empty()) return searchedCurve(draft);
  for (const SweepCurve& curve : sweep->curves)
    if (!curve.safe.empty()) return curve.name;
  return {};
}

std::vector<Target> targetsOfCurve(const Sweep& sweep, const std::string& name) {
  for (const SweepCurve& curve : sweep.curves)
    if (curve.name == name) return curve.targets;
  return {};
}

QString placeOf(const std::string& curve, int rank) {
  if (curve == "v") return Words::tr("at V rank %1").arg(rank);
  if (curve == "k_rope") return Words::tr("at K rank %1").arg(rank);
  if (curve == "k") return Words::tr("at K rank %1, before RoPE").arg(rank);
  if (curve == "kv") return Words::tr("at K and V rank %1").arg(rank);
  return Words::tr("at latent rank %1").arg(rank);
}

SafeRatioView::Found foundOf(const std::string& curve, const SafeRatio& safe) {
  SafeRatioView::Found found{.budgetPercent = safe.budgetPercent,
                             .figure = {},
                             .place = {},
                             .detail = {},
                             .rank = {},
                             .targets = {}};
  switch (safe.state) {
    case SafeRatio::State::Fails:
      found.figure = Words::tr("none");
      found.detail = Words::tr("already the first step costs more than that");
      return found;
    case SafeRatio::State::Undecided:
      found.figure = Words::tr("undecided");
      found.detail = Words::tr("the intervals are too wide: a longer evaluation text narrows them");
      return found;
    case SafeRatio::State::Found:
      break;
  }
  if (safe.ratio) found.figure = text(formatRatio(*safe.ratio));
  found.place = placeOf(curve, safe.rank);
  found.rank = safe.rank;
  QString cost = text(formatDeltaPpl(safe.deltaPplPercent));
  if (safe.interval)
    cost += " " + text(formatDeltaPplInterval(safe.deltaPplPercent, *safe.interval));
  found.detail =
      safe.passesAgain
          ? Words::tr("ΔPPL %1, measured; not monotonic: a smaller ratio fails").arg(cost)
          : Words::tr("ΔPPL %1, measured").arg(cost);
  return found;
}

}  // namespace

std::string searchedCurve(const PlanDraft& draft) {
  const auto preset = presetOf(draft);
  if (!preset || draft.expanded) return {};
  // Curves are low ranks alone, with a pca basis for each head.
  for (const TargetSetting& setting : draft.settings)
    if (!setting.untouched() &&
        (setting.scope != Scope::Head || setting.basis != Basis::Pca || setting.quantized() ||
         setting.residual > 0 || setting.sink > 0 || !setting.layers.empty()))
      return {};
  const TargetSetting* k = draft.find(Target::K);
  const bool prebias = k && k->tap == Tap::KPrebias;
  switch (*preset) {
    case PlanPreset::VOnly:
      return "v";
    case PlanPreset::KOnly:
      return prebias ? "" : k && k->tap == Tap::K ? "k" : "k_rope";
    case PlanPreset::KAndV:
      return k && k->tap != k->taps.front() ? "" : "kv";
    case PlanPreset::Latent:
      return "latent";
  }
  return {};
}

SafeRatioView safeRatioView(const Workspace& workspace) {
  SafeRatioView view;
  const SlotState& state = workspace.activeSlot();
  if (!state.model) return view;
  const std::string curve = searchedCurve(state.draft);
  view.offered = !curve.empty() && state.phase == Phase::Open;
  if (state.phase == Phase::Saved)
    view.why = Words::tr("Searched on models, not on saved runs");
  else if (state.draft.expanded)
    view.why = Words::tr("K and V are expanded from the latent and free no cache");
  else if (curve.empty())
    view.why = Words::tr(
        "Searches the ranks of V only, K only, K + V or Latent: 16 bits, basis pca, scope head, no "
        "residual, no sink, no layer apart");
  view.searching = sweepAwaited(state, workspace.settings());
  const Sweep* sweep = sweepOf(workspace);
  const std::string shown = shownCurve(state.draft, sweep);
  for (const double budget : kBudgets)
    if (const SafeRatio* safe = sweep ? safeRatioOf(*sweep, shown, budget) : nullptr) {
      // Not decided yet is not undecided.
      if (view.searching && safe->state == SafeRatio::State::Undecided) continue;
      view.found.push_back(foundOf(shown, *safe));
      view.found.back().targets = targetsOfCurve(*sweep, shown);
    }
  return view;
}

std::map<Target, std::vector<RankSlider::Mark>> safeRanks(const Workspace& workspace) {
  std::map<Target, std::vector<RankSlider::Mark>> marks;
  const Sweep* sweep = sweepOf(workspace);
  if (!sweep) return marks;
  const PlanDraft& draft = workspace.activeSlot().draft;
  const TargetSetting* k = draft.find(Target::K);
  const std::string keys = k && k->tap == Tap::K ? "k" : "k_rope";
  for (const auto& [curve, target] :
       {std::pair(std::string("v"), Target::V), std::pair(keys, Target::K),
        std::pair(std::string("latent"), Target::Latent),
        std::pair(std::string("rope_key"), Target::RopeKey)})
    for (const double budget : kBudgets) {
      const SafeRatio* safe = safeRatioOf(*sweep, curve, budget);
      if (safe && safe->state == SafeRatio::State::Found)
        marks[target].push_back({safe->rank, QString::fromUtf8("%1\u00a0%").arg(budget)});
    }
  return marks;
}

}  // namespace kvloupe
