// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/plans_presenter.hpp"

#include <QCoreApplication>
#include <algorithm>
#include <optional>

#include "panels/plan_words.hpp"
#include "types/format.hpp"
#include "workspace/draft_for_model.hpp"

namespace kvloupe {
namespace {

QString text(const std::string& words) { return QString::fromStdString(words); }

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::PlansPresenter)
};

AllocationView::Plan planOf(const Evaluation& plan, const QString& place) {
  const EvaluationFigures& figures = plan.figures;
  QString detail = Words::tr("ΔPPL %1").arg(text(formatDeltaPpl(figures.deltaPplPercent)));
  if (figures.deltaInterval)
    detail += " " + text(formatDeltaPplInterval(figures.deltaPplPercent, *figures.deltaInterval));
  return {.figure = text(formatRatio(plan.accounting.cacheRatio)),
          .place = place,
          .detail = Words::tr("%1, measured").arg(detail)};
}

}  // namespace

AllocationView allocationView(const Workspace& workspace) {
  AllocationView view;
  const SlotState& state = workspace.activeSlot();
  if (!state.model) return view;
  view.offered = state.phase == Phase::Open && !state.draft.expanded;
  if (state.phase == Phase::Saved)
    view.why = Words::tr("Measured on models, not on saved runs");
  else if (state.draft.expanded)
    view.why = Words::tr("K and V are expanded from the latent and free no cache");
  view.running = allocationAwaited(state, workspace.settings());
  const AllocationPtr& allocation = state.allocation.value;
  const bool current = state.allocation.key.startsWith(measuredOnKey(state, workspace.settings()));
  if (!allocation || !current || !allocation->plan) return view;
  const QString budget = QString::fromUtf8("%1\u00a0%").arg(allocation->budgetPercent.value_or(0));
  QString place = Words::tr("allocated within %1").arg(budget);
  if (allocation->plan->specs.empty())
    place = Words::tr("already the first step costs more than %1").arg(budget);
  else if (!allocation->met)
    place = Words::tr("allocated; not within %1").arg(budget);
  view.allocated = planOf(*allocation->plan, place);
  if (allocation->uniform)
    view.uniform = planOf(*allocation->uniform, Words::tr("all layers alike"));
  return view;
}

AllocationWish allocationWish(const PlanDraft& draft, double budgetPercent) {
  AllocationWish wish{.budgetPercent = budgetPercent};
  std::vector<const TargetSetting*> chosen;
  const auto [first, second] = shownTargets(draft);
  for (const Target target : {first, second})
    if (const TargetSetting* setting = draft.find(target); setting && !setting->untouched())
      chosen.push_back(setting);
  for (const TargetSetting* setting : chosen) {
    wish.targets.push_back(setting->target);
    const std::string format(kFormatNames[static_cast<std::size_t>(setting->format)]);
    if (setting->quantized() &&
        std::find(wish.formats.begin(), wish.formats.end(), format) == wish.formats.end())
      wish.formats.push_back(format);
  }
  // Keys go to every target: what belongs to one of them alone is said where there is one alone.
  const auto say = [&](const std::string& key, const std::string& value) {
    wish.keys += (wish.keys.empty() ? "" : ",") + key + "=" + value;
  };
  if (chosen.empty()) return wish;
  const TargetSetting& only = *chosen.front();
  if (chosen.size() == 1) {
    if (only.basis != Basis::Pca)
      say("basis", std::string(kBasisNames[static_cast<std::size_t>(only.basis)]));
    if (only.basis == Basis::Random && only.seed != 0) say("seed", std::to_string(only.seed));
    if (only.tap != only.taps.front()) say("tap", std::string(tapName(only.tap)));
  }
  const auto common = [&](int TargetSetting::*member) {
    return std::all_of(chosen.begin(), chosen.end(), [&](const TargetSetting* setting) {
      return setting->*member == only.*member;
    });
  };
  if (only.residual > 0 && common(&TargetSetting::residual))
    say("residual", std::to_string(only.residual));
  if (only.sink > 0 && common(&TargetSetting::sink)) say("sink", std::to_string(only.sink));
  return wish;
}

PlansView plansView(const Workspace& workspace) {
  PlansView view;
  const SlotState& state = workspace.activeSlot();
  view.model = state.model != nullptr;
  if (!view.model) return view;
  const std::optional<Plan> current = planOf(*state.model, specsOf(state.draft));
  for (const NamedPlan& plan : state.kept) {
    const PlanDraft draft = draftFor(*state.model, plan.specs);
    if (current && planOf(*state.model, plan.specs) == current)
      view.current = static_cast<int>(view.kept.size());
    view.kept.push_back({plan.name, describe(draft)});
  }
  view.exportable = workspace.planExportable(workspace.active());
  if (state.phase == Phase::Saved)
    view.exportHint = Words::tr("The model is not open: F5 opens it");
  else if (specsOf(state.draft).empty())
    view.exportHint = Words::tr("Nothing is compressed");
  else if (!view.exportable)
    view.exportHint = Words::tr("Exported once it is measured");
  return view;
}

}  // namespace kvloupe
