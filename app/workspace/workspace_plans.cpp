// SPDX-License-Identifier: GPL-3.0-or-later
// Plans under a name, as files, and as they come out of an allocation.
#include <algorithm>
#include <utility>

#include "compression/plan/spec.hpp"
#include "evaluation/same_measurement.hpp"
#include "workspace/draft_for_model.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

void Workspace::keepPlan(const QString& name) {
  const QString trimmed = name.trimmed();
  SlotState& state = at(active_);
  if (!state.model || trimmed.isEmpty()) return;
  if (NamedPlan* same = keptPlan(trimmed))
    same->specs = specsOf(state.draft);
  else
    state.kept.push_back({trimmed, specsOf(state.draft)});
  shareKeptPlans();
}

void Workspace::renamePlan(const QString& name, const QString& to) {
  const QString trimmed = to.trimmed();
  NamedPlan* plan = keptPlan(name);
  if (plan == nullptr || trimmed.isEmpty() || keptPlan(trimmed) != nullptr) return;
  plan->name = trimmed;
  shareKeptPlans();
}

void Workspace::duplicatePlan(const QString& name, const QString& as) {
  const NamedPlan* plan = keptPlan(name);
  if (plan == nullptr || as.trimmed().isEmpty() || keptPlan(as.trimmed()) != nullptr) return;
  const NamedPlan copy{as.trimmed(), plan->specs};
  at(active_).kept.push_back(copy);
  shareKeptPlans();
}

void Workspace::forgetPlan(const QString& name) {
  if (std::erase_if(at(active_).kept, [&](const NamedPlan& plan) { return plan.name == name; }))
    shareKeptPlans();
}

/// They are the model's, in whichever places it is open.
void Workspace::shareKeptPlans() {
  const SlotState& state = activeSlot();
  SlotState& other = at(active_ == Slot::A ? Slot::B : Slot::A);
  if (other.model && other.model->name == state.model->name &&
      other.model->configJson == state.model->configJson)
    other.kept = state.kept;
  emit keptPlansChanged(active_);
}

void Workspace::restoreKeptPlans(Slot slot, std::vector<NamedPlan> plans) {
  at(slot).kept = std::move(plans);
}

NamedPlan* Workspace::keptPlan(const QString& name) {
  for (NamedPlan& plan : at(active_).kept)
    if (plan.name == name) return &plan;
  return nullptr;
}

bool Workspace::planExportable(Slot slot) const {
  const SlotState& state = this->slot(slot);
  return state.phase == Phase::Open && !specsOf(state.draft).empty() &&
         planCurrent(state, settings_);
}

void Workspace::exportPlan(Slot slot, const QString& path) {
  if (!planExportable(slot)) return;
  const SlotState& state = this->slot(slot);
  run(ExportPlanJob{slot, planRequest(state, settings_), state.current.value, path.toStdString()},
      {.what = Errand::What::ExportPlan,
       .slot = slot,
       .path = path,
       .title = tr("Exporting the plan")});
}

void Workspace::importPlan(Slot slot, const QString& path) {
  const ModelInfoPtr& model = this->slot(slot).model;
  if (!model) return;
  run(ImportPlanJob{model, path.toStdString()}, {.what = Errand::What::ImportPlan,
                                                 .slot = slot,
                                                 .path = path,
                                                 .title = tr("Opening the plan")});
}

/// A plan that was measured on the way: it stands on the plane beside the others.
void Workspace::keepMeasured(const Measurement& measurement, const EvaluationPtr& plan) {
  SlotState& state = at(measurement.need.slot);
  const Keyed<EvaluationPtr> keyed{
      plan, measurement.measuredOn + QString::fromStdString(specText(plan->specs))};
  const auto same = [&](const auto& other) { return other.key == keyed.key; };
  if (std::none_of(state.plans.begin(), state.plans.end(), same)) state.plans.push_back(keyed);
}

/// What it measured on its way, whether or not it comes to an end.
void Workspace::keepAllocation(const Measurement& measurement, const Allocation& allocation) {
  LayerCostsPtr& before = at(measurement.need.slot).layerCosts;
  // What was measured before comes first again: until it is all there, it stands as it was.
  if (!before || !sameQuestion(*before, allocation.costs) ||
      before->windows.size() < allocation.costs.windows.size())
    before = std::make_shared<const LayerCosts>(allocation.costs);
  for (const EvaluationPtr& plan : allocation.plans)
    if (!plan->specs.empty()) keepMeasured(measurement, plan);
}

void Workspace::takeAllocation(const Measurement& measurement, const AllocationPtr& allocation) {
  const Slot slot = measurement.need.slot;
  SlotState& state = at(slot);
  if (measurement.measuredOn == measuredOnKey(state, settings_)) state.allocationWish.reset();
  state.allocation = {allocation, measurement.need.key};
  keepAllocation(measurement, *allocation);
  for (const EvaluationPtr& plan : {allocation->uniform, allocation->plan})
    if (plan && !plan->specs.empty()) keepMeasured(measurement, plan);
  // Where already the first step costs too much, the plan stays as it was; and where the person
  // went on to something else before the end.
  if (!allocation->plan->specs.empty() && !measurement.cancelling)
    pushDraft(slot, draftFor(*state.model, allocation->plan->specs), newGesture());
  emit allocationChanged(slot);
}

}  // namespace kvloupe
