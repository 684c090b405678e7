// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/plan_estimate.hpp"

#include <QCoreApplication>
#include <utility>

#include "common/error.hpp"
#include "compression/plan/resolve.hpp"
#include "types/format.hpp"
#include "workspace/needs.hpp"

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

std::optional<DraftEstimate> PlanEstimator::of(const Workspace& workspace, Slot slot) {
  const SlotState& state = workspace.slot(slot);
  const std::vector<CompressionSpec> specs = specsOf(state.draft);
  if (!state.model || specs.empty()) return std::nullopt;
  const bool sensitivityFits =
      state.sensitivity.value && state.sensitivity.value->complete() &&
      (state.phase == Phase::Saved ||
       state.sensitivity.key.startsWith(measuredOnKey(state, workspace.settings())));
  Sources sources{state.model, state.analysis.value, comparablePlans(state, workspace.settings()),
                  sensitivityFits ? state.sensitivity.value : nullptr};
  const bool known = learned_ && sources == sources_;
  if (!known) learn(std::move(sources));
  if (!known || specs != specs_) {
    specs_ = specs;
    last_ = estimate(specs);
  }
  return last_;
}

void PlanEstimator::learn(Sources sources) {
  sources_ = std::move(sources);
  std::vector<const Evaluation*> measured;
  for (const EvaluationPtr& plan : sources_.plans) measured.push_back(plan.get());
  learned_.emplace(*sources_.model, sources_.analysis.get(), measured, sources_.sensitivity.get());
  ++timesLearned_;
}

std::optional<DraftEstimate> PlanEstimator::estimate(
    const std::vector<CompressionSpec>& specs) const {
  try {
    const auto figure = learned_->of(resolvePlan(specs, *sources_.model));
    if (!figure) return std::nullopt;
    return DraftEstimate{*figure, basisOf(*figure, learned_->record())};
  } catch (const Error&) {
    return std::nullopt;  // a saved run's plan that its model cannot have
  }
}

}  // namespace kvloupe
