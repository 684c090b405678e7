// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <algorithm>

#include "compression/plan/resolve.hpp"
#include "jobs/error_words.hpp"
#include "types/format.hpp"
#include "window/plan_estimate.hpp"
#include "window/plans_presenter.hpp"
#include "window/presenters.hpp"
#include "window/safe_ratio_presenter.hpp"
#include "words/core_words.hpp"
#include "workspace/draft_for_model.hpp"

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::PlanPresenter)
};

QString text(const std::string& words) { return QString::fromStdString(words); }

/// Why there is nothing to measure with, or empty.
QString obstacle(const Workspace& workspace, Slot slot) {
  const SlotState& state = workspace.slot(slot);
  if (state.phase == Phase::Saved)
    return Words::tr(
        "The model is not open (F5 opens it): plans measured before can be looked at, new ones "
        "not measured");
  if (!calibrationTextOf(state, workspace.settings()))
    return Words::tr("Choose a calibration text first");
  if (!evaluationTextOf(state, workspace.settings()))
    return Words::tr("Choose an evaluation text first");
  return {};
}

bool measuringHere(const Workspace& workspace, Slot slot, NeedKind kind) {
  const Activity& activity = workspace.activity();
  return activity.measuring == kind && activity.slot == slot;
}

QString measuredOnText(const Evaluation& evaluation) {
  return Words::tr("%1 · ctx %2 · %3")
      .arg(text(evaluation.protocol))
      .arg(evaluation.context)
      .arg(text(evaluation.text.name));
}

double doneFraction(const EvaluationFigures& figures) {
  if (figures.windowsPlanned <= 0) return 0;
  return static_cast<double>(figures.windows) / figures.windowsPlanned;
}

/// State of the figures shown, and why.
std::pair<FigureState, QString> stateOf(const Workspace& workspace, Slot slot,
                                        const EvaluationPtr& shown, bool upToDate,
                                        bool baselineOnly) {
  const SlotState& state = workspace.slot(slot);
  if (const JobError* failure = failureOf(state, workspace.settings()))
    return {FigureState::Failed, errorLine(*failure)};
  const QString blocked = obstacle(workspace, slot);
  const bool analysing = measuringHere(workspace, slot, NeedKind::Analysis);
  if (!shown) {
    if (!blocked.isEmpty()) return {FigureState::Empty, blocked};
    if (analysing) return {FigureState::Empty, Words::tr("Starts when the analysis is done")};
    if (workspace.paused()) return {FigureState::Empty, Words::tr("Stopped: Analyse goes on")};
    return {FigureState::Empty, Words::tr("Drawn while a plan is measured")};
  }
  if (!upToDate) {
    QString why = isPlanOf(*state.model, state.draft, shown->specs)
                      ? Words::tr("what is measured on changed since")
                      : Words::tr("the plan changed since");
    if (!blocked.isEmpty()) why = blocked;
    if (analysing) why = Words::tr("%1; measured when the analysis is done").arg(why);
    return {FigureState::Stale, why};
  }
  const bool running = measuringHere(workspace, slot, NeedKind::Plan) ||
                       measuringHere(workspace, slot, NeedKind::Baseline);
  if (shown->figures.complete() && !baselineOnly) return {FigureState::Measured, {}};
  if (running || (baselineOnly && workspace.activity().busy())) return {FigureState::Measuring, {}};
  return {FigureState::Stale,
          Words::tr("stopped at %1")
              .arg(text(formatProgress(shown->figures.windows, shown->figures.windowsPlanned)))};
}

}  // namespace

CompressionView compressionView(const Workspace& workspace) {
  CompressionView view;
  for (const Slot slot : {Slot::A, Slot::B})
    if (const ModelInfoPtr& model = workspace.slot(slot).model)
      view.models.emplace_back(modelSlot(slot), text(model->name));
  view.active = modelSlot(workspace.active());
  const SlotState& state = workspace.activeSlot();
  if (!state.model) return view;
  view.draft = state.draft;
  view.accounting =
      accountFor(*state.model, state.draft, windowTokensOf(state, workspace.settings()));
  for (const TargetSetting& setting : state.draft.settings)
    view.choices[setting.target] = choicesFor(*state.model, setting);
  view.safe = safeRatioView(workspace);
  view.safeRanks = safeRanks(workspace);
  view.allocation = allocationView(workspace);
  view.plans = plansView(workspace);
  QStringList notes;
  for (const std::string& warning : planWarnings(resolvePlan(specsOf(state.draft), *state.model)))
    notes << coreWords(warning) + ".";
  if (state.draft.beyond)
    notes << Words::tr(
                 "No slider can show this plan whole: %1. The figures are the plan’s own; "
                 "moving a slider leaves it.")
                 .arg(text(state.draft.beyond->text));
  if (const QString blocked = obstacle(workspace, workspace.active()); !blocked.isEmpty())
    notes << blocked + ".";
  else if (state.draft.expanded)
    notes << Words::tr("K and V are expanded from the latent: compressing them frees no cache.");
  view.note = notes.join("\n");
  return view;
}

ImpactView impactFigures(const Workspace& workspace, Slot slot, PlanEstimator& estimator) {
  ImpactView view;
  view.slot = modelSlot(slot);
  const SlotState& state = workspace.slot(slot);
  if (!state.model) return view;
  view.identity = specsOf(state.draft).empty();
  const Accounting accounting =
      accountFor(*state.model, state.draft, windowTokensOf(state, workspace.settings()));
  view.cacheRatio = accounting.cacheRatio;
  view.bytesPerToken = accounting.bytesPerToken;

  const Keyed<EvaluationPtr>& own = view.identity ? state.baseline : state.current;
  const EvaluationPtr shown = own.value ? own.value : state.baseline.value;
  view.baselineOnly = !view.identity && !own.value;
  const bool saved = state.phase == Phase::Saved;
  view.upToDate =
      shown && (saved               ? view.identity || (!view.baselineOnly &&
                                          isPlanOf(*state.model, state.draft, shown->specs))
                : view.baselineOnly ? state.baseline.key == baselineKey(state, workspace.settings())
                                    : own.key == planKey(state, workspace.settings()));
  std::tie(view.state, view.reason) =
      stateOf(workspace, slot, shown, view.upToDate, view.baselineOnly);

  const bool waiting = view.state == FigureState::Stale || view.state == FigureState::Measuring ||
                       view.state == FigureState::Empty;
  if (!view.identity && waiting && (!view.upToDate || view.baselineOnly)) {
    if (const auto estimate = estimator.of(workspace, slot)) {
      view.state = FigureState::Estimate;
      view.estimate = estimate->figure;
      view.reason = estimate->basis;
    }
  }
  if (shown) {
    view.figures = shown->figures;
    view.progress = doneFraction(shown->figures);
    if (view.baselineOnly && measuringHere(workspace, slot, NeedKind::Plan)) view.progress = 0;
    view.measuredOn = measuredOnText(*shown);
  }
  return view;
}

ImpactView impactView(const Workspace& workspace, PlanEstimator& estimator) {
  const Slot slot = workspace.active();
  const SlotState& state = workspace.activeSlot();
  ImpactView view = impactFigures(workspace, slot, estimator);
  if (!state.model) return view;
  if (view.figures) {
    if (!view.baselineOnly) {
      const EvaluationPtr& shown = view.identity ? state.baseline.value : state.current.value;
      view.convergence = {.role = planRole(shown->specs),
                          .points = shown->convergence,
                          .tokensPlanned = shown->figures.tokensPlanned,
                          .budgets = {1},
                          .state = view.estimate ? FigureState::Stale : view.state};
    }
    view.provenance =
        QString::fromUtf8("%1 · %2 · %3 %4")
            .arg(text(state.model->name), view.measuredOn, QCoreApplication::applicationName(),
                 QCoreApplication::applicationVersion());
  }
  for (const EvaluationPtr& plan : comparablePlans(state, workspace.settings()))
    view.plane.points.push_back(planPoint(*plan, view.slot));
  PlanPlaneData::Current current{
      .cacheRatio = view.cacheRatio, .deltaPplPercent = {}, .state = view.state};
  if (view.identity)
    current.deltaPplPercent = 0;
  else if (view.estimate)
    current.deltaPplPercent = view.estimate->deltaPplPercent;
  else if (view.upToDate && !view.baselineOnly)
    current.deltaPplPercent = view.figures->deltaPplPercent;
  view.plane.current = current;
  return view;
}

ImpactView impactView(const Workspace& workspace) {
  PlanEstimator once;
  return impactView(workspace, once);
}

}  // namespace kvloupe
