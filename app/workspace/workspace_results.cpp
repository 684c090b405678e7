// SPDX-License-Identifier: GPL-3.0-or-later
// What comes back from the worker, put into the state.
#include <algorithm>
#include <utility>

#include "compression/plan/spec.hpp"
#include "workspace/draft_for_model.hpp"
#include "workspace/earlier_results.hpp"
#include "workspace/kept_passages.hpp"
#include "workspace/run_conversion.hpp"
#include "workspace/session_json.hpp"
#include "workspace/sweep_join.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

void Workspace::onProgress(JobId id, const Progress& progress) {
  if (activity_.job != id) return;
  activity_.progress = progress;
  emit activityChanged();
}

void Workspace::onAnalysis(JobId id, const AnalysisPtr& partial) {
  if (!measurement_ || measurement_->id != id || measurement_->discard) return;
  const Slot slot = measurement_->need.slot;
  at(slot).analysis = {partial, measurement_->need.key};
  emit analysisChanged(slot);
}

void Workspace::onEvaluation(JobId id, const EvaluationPtr& partial) {
  if (!measurement_ || measurement_->id != id || measurement_->discard) return;
  const Need& need = measurement_->need;
  SlotState& state = at(need.slot);
  if (need.kind == NeedKind::Baseline)
    state.baseline = {partial, need.key};
  else
    state.current = {partial, need.key};
  emit evaluationChanged(need.slot);
}

void Workspace::onSweep(JobId id, const SweepPtr& partial) {
  if (!measurement_ || measurement_->id != id || measurement_->discard) return;
  keepSweep(*measurement_, partial);
  touchMeasured(measurement_->need.slot);
}

void Workspace::onSensitivity(JobId id, const SensitivityPtr& partial) {
  if (!measurement_ || measurement_->id != id || measurement_->discard) return;
  const Slot slot = measurement_->need.slot;
  const Keyed<SensitivityPtr>& before = at(slot).sensitivity;
  // What was measured before comes first again: until it is all there, it stands as it was.
  if (before.value && before.key == measurement_->need.key &&
      (partial->measured.size() < before.value->measured.size() ||
       partial->plans.size() < before.value->plans.size()))
    return;
  at(slot).sensitivity = {partial, measurement_->need.key};
  touchMeasured(slot);
  emit sensitivityChanged(slot);
}

void Workspace::onAllocation(JobId id, const AllocationPtr& partial) {
  if (!measurement_ || measurement_->id != id || measurement_->discard) return;
  keepAllocation(*measurement_, *partial);
  touchMeasured(measurement_->need.slot);
  emit evaluationChanged(measurement_->need.slot);
}

/// Every plan of a sweep is a plan measured: it stands on the plane beside the others.
void Workspace::keepSweep(const Measurement& measurement, const SweepPtr& sweep) {
  const Slot slot = measurement.need.slot;
  SlotState& state = at(slot);
  for (const EvaluationPtr& plan : sweep->plans) keepMeasured(measurement, plan);
  const bool sameText = state.sweep.value && state.sweep.key == measurement.measuredOn;
  state.sweep = {sameText ? joinSweeps(*state.sweep.value, *sweep) : sweep, measurement.measuredOn};
  emit sweepChanged(slot);
  emit evaluationChanged(slot);
}

void Workspace::onSucceeded(JobId id, const JobResult& result) {
  if (const auto errand = errands_.find(id); errand != errands_.end()) {
    const Errand done = errand->second;
    errands_.erase(errand);
    if (!done.discard) finishErrand(done, result);
  } else if (measurement_ && measurement_->id == id) {
    const Measurement done = *std::exchange(measurement_, std::nullopt);
    if (!done.discard) finishMeasurement(done, result);
  } else {
    return;
  }
  reconcile();
}

void Workspace::onFailed(JobId id, const JobError& error) {
  if (const auto errand = errands_.find(id); errand != errands_.end()) {
    const Errand done = errand->second;
    errands_.erase(errand);
    if (!done.discard) failErrand(done, error);
  } else if (measurement_ && measurement_->id == id) {
    const Measurement done = *std::exchange(measurement_, std::nullopt);
    if (!done.discard) {
      const Slot slot = done.need.slot;
      at(slot).measurementFailures.insert_or_assign(done.need.key, error);
      emit sweepChanged(slot);
      emit sensitivityChanged(slot);
      emit allocationChanged(slot);
      emit passageChanged(slot);
      emit analysisChanged(slot);
      emit evaluationChanged(slot);
      // A passage that cannot be looked at is told where it would have stood.
      const bool looked = done.need.kind == NeedKind::Text || done.need.kind == NeedKind::Attention;
      if (looked && error.code == ErrorCode::InvalidArgument) {
        reconcile();
        return;
      }
      emit failed({.what = Failure::What::NotMeasured,
                   .slot = slot,
                   .path = at(slot).path,
                   .error = error,
                   .unchanged = unchangedAfter(Failure::What::NotMeasured, slot)});
    }
  } else {
    return;
  }
  reconcile();
}

void Workspace::onCancelled(JobId id) {
  if (const auto errand = errands_.find(id); errand != errands_.end()) {
    const Errand done = errand->second;
    errands_.erase(errand);
    if (done.what == Errand::What::Open && !done.discard) {
      at(done.slot).opening.clear();
      emit slotChanged(done.slot);
    }
    if (done.what == Errand::What::Recover) emit runNotRecovered(done.path);
  } else if (measurement_ && measurement_->id == id) {
    const Slot slot = measurement_->need.slot;
    measurement_.reset();
    emit evaluationChanged(slot);
  } else {
    return;
  }
  reconcile();
}

void Workspace::finishErrand(const Errand& errand, const JobResult& result) {
  switch (errand.what) {
    case Errand::What::Open: {
      SlotState state;
      state.phase = Phase::Open;
      state.path = errand.path;
      state.model = std::get<ModelInfoPtr>(result);
      state.draft = firstDraft(*state.model);
      QString leftOut;
      if (const SlotState& old = at(errand.slot); old.model) {
        const bool mayBeSame = mayBeSameModel(*old.model, *state.model);
        const bool sameName = old.model->configJson == state.model->configJson &&
                              old.model->name == state.model->name;
        // The model of a saved run, which may have moved, goes on with the run's plans.
        const bool ofRun = old.phase == Phase::Saved && (sameName || mayBeSame);
        if (sameName || ofRun) state.kept = old.kept;
        if (ofRun) state.draft = draftFor(*state.model, specsOf(old.draft));
        leftOut = takeOver(state, old);
      }
      empty(errand.slot);
      at(errand.slot) = std::move(state);
      activate(errand.slot);
      touch();
      emit slotChanged(errand.slot);
      emit activeChanged();
      emit modelOpened(errand.path);
      if (!leftOut.isEmpty()) emit sessionDamaged(leftOut);
      break;
    }
    case Errand::What::Load: {
      const QString fault = showRun(std::get<RunPtr>(result), errand.path);
      runPath_ = errand.path;
      savedRevision_ = revision_;
      emit documentChanged();
      emit runOpened(errand.path);
      if (!fault.isEmpty()) emit sessionDamaged(fault);
      break;
    }
    case Errand::What::Recover: {
      const QString fault = showRun(std::get<RunPtr>(result), {});
      runPath_.clear();
      for (SlotState& state : models_)
        if (state.model) state.measuredAt = revision_ + 1;
      touch();
      emit runRecovered(errand.path);
      if (!fault.isEmpty()) emit sessionDamaged(fault);
      break;
    }
    case Errand::What::LoadBeside:
      if (at(Slot::B).model && resultsOf(at(Slot::B)).any()) leaveFile();
      replaceBySaved(Slot::B,
                     std::move(slotsFrom(std::get<RunPtr>(result), errand.path)[indexOf(Slot::A)]));
      emit documentChanged();  // beside it stands another; nothing was measured
      emit slotChanged(Slot::B);
      emit runOpened(errand.path);
      break;
    case Errand::What::Save:
      // Unless another run was opened before this one was written.
      if (errand.document == document_) {
        savedRevision_ = errand.revision;
        runPath_ = errand.path;
      }
      emit documentChanged();
      emit runSaved(errand.path);
      break;
    case Errand::What::ExportPlan:
      emit planExported(errand.path);
      break;
    case Errand::What::ImportPlan:
      if (!slot(errand.slot).model) break;  // closed meanwhile
      pushDraft(errand.slot,
                draftFor(*slot(errand.slot).model, std::get<ImportedPlan>(result).specs),
                newGesture());
      emit planImported(errand.path);
      break;
    case Errand::What::Close:
      break;
  }
}

/// In place of everything.
QString Workspace::showRun(const RunPtr& run, const QString& path) {
  Slots saved = slotsFrom(run, path);
  const SessionParts parts =
      restoreSession(run->session, saved, {Slot::A, settings_, QJsonObject(), {}});
  for (const Slot slot : {Slot::A, Slot::B}) replaceBySaved(slot, std::move(saved[indexOf(slot)]));
  const bool otherSettings = parts.settings != settings_;
  settings_ = parts.settings;
  ++document_;
  for (SlotState& state : models_) recallPlan(state);
  activate(parts.active);
  if (otherSettings) emit settingsChanged();
  for (const Slot slot : {Slot::A, Slot::B}) emit slotChanged(slot);
  emit activeChanged();
  if (!run->session.empty()) emit sessionOpened(parts.view);
  return parts.fault;
}

void Workspace::replaceBySaved(Slot slot, SlotState saved) {
  // A model that was asked for after the run is still on its way.
  saved.opening = at(slot).opening;
  const bool wasOpen = at(slot).phase == Phase::Open;
  empty(slot);
  at(slot) = std::move(saved);
  if (wasOpen && at(slot).opening.isEmpty())
    run(CloseJob{slot}, {.what = Errand::What::Close, .slot = slot, .path = {}, .title = {}});
}

void Workspace::failErrand(const Errand& errand, const JobError& error) {
  Failure failure{.slot = errand.slot, .path = errand.path, .error = error, .unchanged = {}};
  switch (errand.what) {
    case Errand::What::Open:
      failure.what = Failure::What::ModelNotOpened;
      at(errand.slot).opening.clear();
      at(errand.slot).failure = OpenFailure{errand.path, error};
      emit slotChanged(errand.slot);
      break;
    case Errand::What::Load:
    case Errand::What::LoadBeside:
      failure.what = Failure::What::RunNotOpened;
      break;
    case Errand::What::Recover:
      failure.what = Failure::What::RunNotRecovered;
      emit runNotRecovered(errand.path);
      break;
    case Errand::What::Save:
      failure.what = Failure::What::RunNotSaved;
      break;
    case Errand::What::ExportPlan:
      failure.what = Failure::What::PlanNotExported;
      break;
    case Errand::What::ImportPlan:
      failure.what = Failure::What::PlanNotImported;
      break;
    case Errand::What::Close:
      return;
  }
  failure.unchanged = unchangedAfter(failure.what, errand.slot);
  emit failed(failure);
}

void Workspace::finishMeasurement(const Measurement& measurement, const JobResult& result) {
  const Need& need = measurement.need;
  SlotState& state = at(need.slot);
  // What ended as the text was changed is asked for again on the new one.
  const bool current = measurement.measuredOn == measuredOnKey(state, settings_);
  switch (need.kind) {
    case NeedKind::Analysis:
      state.analysis = {std::get<AnalysisPtr>(result), need.key};
      recallEarlier(need.slot);
      break;
    case NeedKind::Baseline:
      state.baseline = {std::get<EvaluationPtr>(result), need.key};
      recallEarlier(need.slot);
      break;
    case NeedKind::Plan: {
      const Keyed<EvaluationPtr> plan{std::get<EvaluationPtr>(result), need.key};
      std::erase_if(state.plans, [&](const auto& other) { return other.key == plan.key; });
      state.plans.push_back(plan);
      if (need.key == planKey(state, settings_)) state.current = plan;
      emit planMeasured(plan.value);
      break;
    }
    case NeedKind::Sweep:
      if (current) state.sweepWish.reset();
      keepSweep(measurement, std::get<SweepPtr>(result));
      break;
    case NeedKind::Sensitivity:
      if (current) state.sensitivityWish.clear();
      state.sensitivity = {std::get<SensitivityPtr>(result), need.key};
      emit sensitivityChanged(need.slot);
      break;
    case NeedKind::Allocation:
      takeAllocation(measurement, std::get<AllocationPtr>(result));
      break;
    case NeedKind::Text:
    case NeedKind::Attention: {
      const Looker looker = need.kind == NeedKind::Text ? Looker::Text : Looker::Attention;
      const Keyed<PassagePtr> seen{std::get<PassagePtr>(result), need.key};
      state.looks[indexOf(looker)].seen = seen;
      keepPassage(state.passages, seen);
      touch();
      emit passageChanged(need.slot);
      return;  // nothing else shows it
    }
    case NeedKind::Hash:
      state.model = std::get<ModelInfoPtr>(result);
      judgeEarlier(need.slot);
      break;
  }
  if (need.kind == NeedKind::Hash) {
    touch();
    emit slotChanged(need.slot);
    return;
  }
  // What every start measures by itself is not worth a file.
  if (need.kind == NeedKind::Analysis || need.kind == NeedKind::Baseline)
    touch();
  else
    touchMeasured(need.slot);
  emit analysisChanged(need.slot);
  emit evaluationChanged(need.slot);
}

QString Workspace::unchangedAfter(Failure::What what, Slot slot) const {
  const bool a = this->slot(Slot::A).model != nullptr;
  const bool b = this->slot(Slot::B).model != nullptr;
  const auto letter = [](Slot of) { return QLatin1Char(of == Slot::A ? 'A' : 'B'); };
  QString kept;
  if (a && b)
    kept = " " + tr("Model A and model B and their results are unchanged.");
  else if (a || b)
    kept = " " + tr("Model %1 and its results are unchanged.").arg(letter(a ? Slot::A : Slot::B));
  switch (what) {
    case Failure::What::ModelNotOpened:
    case Failure::What::RunNotOpened:
    case Failure::What::RunNotRecovered:
      return tr("Nothing was loaded.") + kept;
    case Failure::What::RunNotSaved:
      return tr("Nothing was written: a file that stood there is as it was.") + kept;
    case Failure::What::PlanNotExported:
      return tr("The plan is as it was; a file that stood there too.") + kept;
    case Failure::What::PlanNotImported:
      return tr("The plan is as it was.") + kept;
    case Failure::What::NotMeasured:
      return tr("Model %1 stays open. What was measured before is unchanged.").arg(letter(slot));
  }
  return kept;
}

}  // namespace kvloupe
