// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/plan_estimate.hpp"

#include <QCoreApplication>

#include "common/error.hpp"
#include "compression/plan/resolve.hpp"
#include "evaluation/additive_estimate.hpp"
#include "types/format.hpp"
#include "window/presenters.hpp"

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::PlanEstimate)
};

QString basisOf(const PlanEstimate& estimate, const EstimateRecord& record) {
  QString words = Words::tr("Estimated from what %1 measured plans cost")
                      .arg(QString::fromStdString(formatCount(estimate.learnedFrom)));
  if (estimate.learnedFrom == 1) words = Words::tr("Estimated from what one measured plan costs");
  if (record.plans > 0)
    words += Words::tr(". Such estimates of %1 plans were off by a factor of %2 (median)")
                 .arg(record.plans)
                 .arg(record.typicalFactor, 0, 'f', 2);
  return words;
}

}  // namespace

std::optional<DraftEstimate> draftEstimate(const Workspace& workspace) {
  const SlotState& state = workspace.activeSlot();
  if (!state.model || specsOf(state.draft).empty()) return std::nullopt;
  const std::vector<EvaluationPtr> plans = comparablePlans(workspace);
  std::vector<const Evaluation*> measured;
  for (const EvaluationPtr& plan : plans) measured.push_back(plan.get());
  const bool sensitivityFits =
      state.sensitivity.value && state.sensitivity.value->complete() &&
      (state.phase == Phase::Saved ||
       state.sensitivity.key.startsWith(measuredOnKey(state, workspace.settings())));
  const AdditiveEstimate model(*state.model, state.analysis.value.get(), measured,
                               sensitivityFits ? state.sensitivity.value.get() : nullptr);
  try {
    const auto estimate = model.of(resolvePlan(specsOf(state.draft), *state.model));
    if (!estimate) return std::nullopt;
    return DraftEstimate{*estimate, basisOf(*estimate, model.record())};
  } catch (const Error&) {
    return std::nullopt;  // a saved run's plan that its model cannot have
  }
}

}  // namespace kvloupe
