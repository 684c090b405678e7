// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/workspace.hpp"

#include <algorithm>
#include <utility>

#include "panels/plan_words.hpp"
#include "workspace/draft_for_model.hpp"
#include "workspace/earlier_results.hpp"
#include "workspace/kept_passages.hpp"
#include "workspace/plan_command.hpp"
#include "workspace/run_conversion.hpp"
#include "workspace/session_json.hpp"

namespace kvloupe {
namespace {

constexpr int kDebounceMs = 150;

QString shortName(const QString& path) {
  return path.section('/', -1, -1, QString::SectionSkipEmpty);
}

}  // namespace

Workspace::Workspace(JobRunner* runner, QObject* parent) : QObject(parent), runner_(runner) {
  for (QUndoStack& stack : undoStacks_) undoGroup_.addStack(&stack);
  activate(Slot::A);
  debounce_.setSingleShot(true);
  debounce_.setInterval(kDebounceMs);
  connect(&debounce_, &QTimer::timeout, this, &Workspace::reconcile);
  connect(runner_, &JobRunner::progressed, this, &Workspace::onProgress);
  connect(runner_, &JobRunner::analysisGrew, this, &Workspace::onAnalysis);
  connect(runner_, &JobRunner::evaluationGrew, this, &Workspace::onEvaluation);
  connect(runner_, &JobRunner::sweepGrew, this, &Workspace::onSweep);
  connect(runner_, &JobRunner::sensitivityGrew, this, &Workspace::onSensitivity);
  connect(runner_, &JobRunner::allocationGrew, this, &Workspace::onAllocation);
  connect(runner_, &JobRunner::succeeded, this, &Workspace::onSucceeded);
  connect(runner_, &JobRunner::failed, this, &Workspace::onFailed);
  connect(runner_, &JobRunner::cancelled, this, &Workspace::onCancelled);
}

std::unique_ptr<Workspace> Workspace::still(Slot active) const {
  auto copy = std::make_unique<Workspace>(runner_);
  QObject::disconnect(runner_, nullptr, copy.get(), nullptr);
  copy->models_ = models_;
  copy->settings_ = settings_;
  copy->activity_ = activity_;  // what is partial is drawn as it is here
  copy->runPath_ = runPath_;
  copy->paused_ = true;
  copy->activate(active);
  return copy;
}

bool Workspace::hasModel() const {
  return std::any_of(models_.begin(), models_.end(),
                     [](const SlotState& state) { return state.model != nullptr; });
}

bool Workspace::saving() const {
  return std::any_of(errands_.begin(), errands_.end(),
                     [](const auto& errand) { return errand.second.what == Errand::What::Save; });
}

bool Workspace::worthSaving() const { return worthSaving(Slot::A) || worthSaving(Slot::B); }

bool Workspace::worthSaving(Slot slot) const {
  const SlotState& state = this->slot(slot);
  return state.measuredAt > savedRevision_ &&
         (state.plans.size() > 1 || state.sweep.value || state.sensitivity.value ||
          state.layerCosts || state.earlier.any());
}

bool Workspace::settled() const {
  return errands_.empty() && !measurement_ && !debounce_.isActive() &&
         (paused_ || !nextNeed(models_, active_, settings_));
}

// Intents

void Workspace::openModel(const QString& path, Slot slot) {
  at(slot).opening = path;
  at(slot).failure.reset();
  paused_ = false;
  run(OpenJob{slot,
              {.model = path.toStdString(),
               .device = "auto",
               .dtype = dtypeFor(path, slot).toStdString()}},
      {.what = Errand::What::Open,
       .slot = slot,
       .path = path,
       .title = tr("Opening %1").arg(shortName(path))});
  emit slotChanged(slot);
}

void Workspace::closeModel(Slot slot) {
  const bool wasOpen = at(slot).phase == Phase::Open;
  // What opens at this moment may end before it hears of it: the worker closes it then.
  const bool wasOpening = discardOpeningOf(slot);
  if (at(slot).model && resultsOf(at(slot)).any()) leaveFile();
  empty(slot);
  if (wasOpen || wasOpening)
    run(CloseJob{slot}, {.what = Errand::What::Close, .slot = slot, .path = {}, .title = {}});
  const Slot other = slot == Slot::A ? Slot::B : Slot::A;
  if (active_ == slot && this->slot(other).model) setActive(other);
  touch();
  emit slotChanged(slot);
}

void Workspace::reload(Slot slot) {
  if (at(slot).model) openModel(at(slot).path, slot);
}

void Workspace::dismissFailure(Slot slot) {
  at(slot).failure.reset();
  emit slotChanged(slot);
}

void Workspace::openRun(const QString& path) {
  run(LoadJob{path.toStdString()}, {.what = Errand::What::Load,
                                    .slot = Slot::A,
                                    .path = path,
                                    .title = tr("Opening %1").arg(shortName(path))});
}

void Workspace::openRunBeside(const QString& path) {
  run(LoadJob{path.toStdString()}, {.what = Errand::What::LoadBeside,
                                    .slot = Slot::B,
                                    .path = path,
                                    .title = tr("Opening %1").arg(shortName(path))});
}

void Workspace::recoverRun(const QString& path) {
  run(LoadJob{path.toStdString()}, {.what = Errand::What::Recover,
                                    .slot = Slot::A,
                                    .path = path,
                                    .title = tr("Opening what was kept")});
}

SaveJob Workspace::saveJob(const QString& path) const {
  const SessionParts parts{active_, settings_, view_ ? view_() : QJsonObject(), {}};
  // The figures are shared; the worker puts them together.
  return SaveJob{[models = models_, session = sessionText(models_, parts)] {
                   return runFrom(models, session);
                 },
                 path.toStdString()};
}

void Workspace::saveRun(const QString& path) {
  if (!hasModel()) return;
  Errand errand{.what = Errand::What::Save,
                .slot = Slot::A,
                .path = path,
                .title = tr("Saving %1").arg(shortName(path)),
                .revision = revision_,
                .document = document_};
  const bool measuresLong =
      measurement_ && !measurement_->cancelling && measurement_->need.takesLong();
  errand.between = measuresLong || errandsFirst();  // of those, none is lost either
  if (!errand.between) return run(saveJob(path), std::move(errand));
  const JobId id = runner_->submitBetween(saveJob(path));
  errands_.emplace(id, std::move(errand));
  emit activityChanged();
}

void Workspace::setSettings(const MeasurementSettings& settings) {
  if (settings == settings_) return;
  settings_ = settings;
  paused_ = false;
  for (const Slot slot : {Slot::A, Slot::B}) recallPlan(at(slot));
  debounce_.start();
  reconcile();
  emit settingsChanged();
  for (const Slot slot : {Slot::A, Slot::B}) {
    emit analysisChanged(slot);
    emit evaluationChanged(slot);
  }
}

void Workspace::setActive(Slot slot) {
  if (slot == active_ || !this->slot(slot).model) return;
  activate(slot);
  emit activeChanged();
  reconcile();
}

void Workspace::editPlan(const PlanDraft& draft, int gesture) {
  pushDraft(active_, draft, gesture);
}

void Workspace::pushDraft(Slot slot, const PlanDraft& draft, int gesture) {
  const SlotState& state = this->slot(slot);
  if (!state.model || draft == state.draft) return;
  const PlanDraft accepted = acceptable(*state.model, draft);
  if (accepted == state.draft) {
    emit draftChanged(slot);  // the control goes back to where it can stand
    return;
  }
  undoStacks_[indexOf(slot)].push(new PlanCommand(
      state.draft, accepted, gesture, [this, slot](const PlanDraft& to) { applyDraft(slot, to); }));
}

/// What a person asks for is tried again, and with it what it rests on.
void Workspace::begin(Slot slot) {
  at(slot).measurementFailures.clear();
  paused_ = false;
}

void Workspace::findSafeRatios(Slot slot, const SweepWish& wish) {
  if (this->slot(slot).phase != Phase::Open) return;
  at(slot).sweepWish = wish;
  begin(slot);
  reconcile();
  emit sweepChanged(slot);
}

void Workspace::measureSensitivity(Slot slot, const std::vector<CompressionSpec>& specs) {
  if (this->slot(slot).phase != Phase::Open) return;
  at(slot).sensitivityWish = specs;
  begin(slot);
  reconcile();
  emit sensitivityChanged(slot);
}

void Workspace::allocate(Slot slot, const AllocationWish& wish) {
  if (this->slot(slot).phase != Phase::Open) return;
  at(slot).allocationWish = wish;
  begin(slot);
  reconcile();
  emit allocationChanged(slot);
}

void Workspace::lookAt(Slot slot, Looker looker, const std::optional<PassageWish>& wish) {
  SlotState& state = at(slot);
  if (!state.model) return;
  const QString before = passageKey(state, settings_, looker);
  state.looks[indexOf(looker)].wish = wish;
  if (passageKey(state, settings_, looker) == before) return;
  recallPassage(state, settings_, looker);
  reconcile();
  emit passageChanged(slot);
}

void Workspace::resume() {
  paused_ = false;
  for (SlotState& state : models_) state.measurementFailures.clear();
  reconcile();
  for (const Slot slot : {Slot::A, Slot::B}) {
    emit evaluationChanged(slot);
    emit passageChanged(slot);
  }
}

void Workspace::cancel() {
  paused_ = true;
  debounce_.stop();
  for (const auto& [id, errand] : errands_) runner_->cancel(id);
  cancelMeasurement();
  for (const Slot slot : {Slot::A, Slot::B}) {
    // Asked for once: stopped, it is asked for again by its button.
    at(slot).sweepWish.reset();
    at(slot).sensitivityWish.clear();
    at(slot).allocationWish.reset();
    emit analysisChanged(slot);
    emit evaluationChanged(slot);
    emit sweepChanged(slot);
    emit sensitivityChanged(slot);
    emit allocationChanged(slot);
    emit passageChanged(slot);
  }
  emit activityChanged();
}

// Scheduling

void Workspace::run(Job job, Errand errand) {
  cancelMeasurement();  // what a person asks for does not wait; measuring goes on afterwards
  const QString title = errand.title;
  const Slot slot = errand.slot;
  const JobId id = runner_->submit(std::move(job));
  errands_.emplace(id, std::move(errand));
  if (!title.isEmpty())
    setActivity({.title = title, .progress = {}, .measuring = {}, .slot = slot, .job = id});
}

/// Shows what was looked at before without looking again.
void Workspace::recallPassages() {
  for (const Slot slot : {Slot::A, Slot::B}) {
    bool other = false;
    for (const Looker looker : {Looker::Text, Looker::Attention})
      other = recallPassage(at(slot), settings_, looker) || other;
    if (other) emit passageChanged(slot);
  }
}

/// Whether something was asked for in person that measuring waits for.
bool Workspace::errandsFirst() const {
  return std::any_of(errands_.begin(), errands_.end(),
                     [](const auto& errand) { return !errand.second.between; });
}

void Workspace::reconcile() {
  recallPassages();
  if (errandsFirst()) return;
  const std::optional<Need> need = paused_ ? std::nullopt : nextNeed(models_, active_, settings_);
  if (measurement_) {
    if (need && need->same(measurement_->need)) return;
    // A glance at a page does not throw a window away that took many passes.
    if (need && need->looks() && measurement_->need.takesLong() && !measurement_->cancelling) {
      const auto behind = nextNeed(models_, active_, settings_, Looks::Leave);
      if (behind && behind->same(measurement_->need)) return;
    }
    cancelMeasurement();
    return;
  }
  if (debounce_.isActive()) return;
  if (!need) {
    if (activity_.busy()) setActivity({});
    return;
  }
  const JobId id = runner_->submit(need->job);
  measurement_ = Measurement{
      .id = id, .need = *need, .measuredOn = measuredOnKey(slot(need->slot), settings_)};
  setActivity({.title = titleOf(*need),
               .progress = {},
               .measuring = need->kind,
               .slot = need->slot,
               .job = id});
  emit evaluationChanged(need->slot);
  if (need->kind == NeedKind::Sweep) emit sweepChanged(need->slot);
  if (need->kind == NeedKind::Sensitivity) emit sensitivityChanged(need->slot);
  if (need->kind == NeedKind::Allocation) emit allocationChanged(need->slot);
  if (need->kind == NeedKind::Text || need->kind == NeedKind::Attention)
    emit passageChanged(need->slot);
}

void Workspace::cancelMeasurement() {
  if (!measurement_ || std::exchange(measurement_->cancelling, true)) return;
  runner_->cancel(measurement_->id);
}

void Workspace::discardMeasurementOf(Slot slot) {
  if (!measurement_ || measurement_->need.slot != slot) return;
  measurement_->discard = true;
  cancelMeasurement();
}

/// Whether something was on its way there.
bool Workspace::discardOpeningOf(Slot slot) {
  bool found = false;
  for (auto& [id, errand] : errands_) {
    const bool opens = errand.what == Errand::What::Open || errand.what == Errand::What::LoadBeside;
    if (!opens || errand.slot != slot || errand.discard) continue;
    errand.discard = true;
    runner_->cancel(id);
    found = true;
  }
  return found;
}

void Workspace::empty(Slot slot) {
  discardMeasurementOf(slot);
  at(slot) = SlotState{};
  undoStacks_[indexOf(slot)].clear();
}

void Workspace::activate(Slot slot) {
  active_ = slot;
  undoGroup_.setActiveStack(&undoStacks_[indexOf(slot)]);
}

void Workspace::applyDraft(Slot slot, const PlanDraft& draft) {
  SlotState& state = at(slot);
  if (!state.model) return;
  const bool samePlan = specsOf(draft) == specsOf(state.draft);
  state.draft = draft;
  if (!samePlan) recallPlan(state);
  emit draftChanged(slot);
  if (samePlan) return;
  state.draftMoved = true;
  paused_ = false;
  debounce_.start();
  reconcile();  // cancels at once what no longer serves
  emit evaluationChanged(slot);
}

/// Shows a plan that was measured before without measuring it again.
void Workspace::recallPlan(SlotState& state) {
  if (!state.model) return;
  if (specsOf(state.draft).empty()) return;
  const std::optional<Plan> draft = planOf(*state.model, specsOf(state.draft));
  if (!draft) return;
  const bool saved = state.phase == Phase::Saved;
  const QString measuredOn = measuredOnKey(state, settings_);
  for (auto plan = state.plans.rbegin(); plan != state.plans.rend(); ++plan) {
    // However its specs are written: an allocation groups layers otherwise than the panel does.
    if (!saved && !plan->key.startsWith(measuredOn)) continue;
    if (planOf(*state.model, plan->value->specs) != draft) continue;
    state.current = {plan->value, saved ? plan->key : planKey(state, settings_)};
    return;
  }
}

int Workspace::waitingMeasurements() const {
  if (!measurement_ || paused_) return 0;
  const SlotState& state = slot(measurement_->need.slot);
  if (state.phase != Phase::Open) return 0;
  int waiting = 0;
  if (measurement_->need.kind == NeedKind::Analysis) {
    waiting += !baselineCurrent(state, settings_);
    waiting += !specsOf(state.draft).empty() && !planCurrent(state, settings_);
  } else if (measurement_->need.kind == NeedKind::Baseline) {
    waiting += !specsOf(state.draft).empty() && !planCurrent(state, settings_);
  }
  return waiting;
}

void Workspace::setActivity(Activity activity) {
  activity_ = std::move(activity);
  emit activityChanged();
}

void Workspace::touch() {
  ++revision_;
  emit documentChanged();
}

/// A result came that no file holds.
void Workspace::touchMeasured(Slot slot) {
  at(slot).measuredAt = revision_ + 1;
  touch();
}

QString Workspace::titleOf(const Need& need) const {
  const SlotState& state = slot(need.slot);
  const QString name = QString::fromStdString(state.model->name);
  switch (need.kind) {
    case NeedKind::Analysis:
      return tr("Analysing %1").arg(name);
    case NeedKind::Text:
      return tr("Reading window %1 of %2")
          .arg(state.looks[indexOf(Looker::Text)].wish->window)
          .arg(name);
    case NeedKind::Attention:
      return tr("Attention of %1").arg(name);
    case NeedKind::Baseline:
      return tr("Measuring the baseline of %1").arg(name);
    case NeedKind::Plan:
      return tr("Measuring %1").arg(describe(state.draft));
    case NeedKind::Sweep:
      return (state.sweepWish && state.sweepWish->verdict ? tr("Judging %1")
                                                          : tr("Safe ratio of %1"))
          .arg(name);
    case NeedKind::Sensitivity:
      return tr("Layer by layer, %1").arg(name);
    case NeedKind::Allocation:
      return tr("Allocating over the layers of %1").arg(name);
    case NeedKind::Hash:
      return tr("Hashing the weights of %1").arg(name);
  }
  return {};
}

}  // namespace kvloupe
