// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/run_conversion.hpp"

#include <QCoreApplication>
#include <QDateTime>
#include <algorithm>
#include <type_traits>

#include "evaluation/same_measurement.hpp"
#include "workspace/draft_for_model.hpp"

namespace kvloupe {
namespace {

int planIndex(const std::vector<Evaluation>& plans, const Sweep& sweep, const SweepPoint& point) {
  if (point.plan < 0 || point.plan >= static_cast<int>(sweep.plans.size())) return -1;
  const auto& wanted = sweep.plans[static_cast<std::size_t>(point.plan)]->specs;
  for (std::size_t i = 0; i < plans.size(); ++i)
    if (plans[i].specs == wanted) return static_cast<int>(i);
  return -1;
}

template <class Pointer>
void put(const Pointer& value, std::optional<std::remove_cvref_t<decltype(*Pointer())>>& into) {
  if (value) into = *value;
}

/// What was measured before the model was opened anew stands for what is not measured yet.
ModelRun modelRunFrom(const SlotState& state) {
  const EarlierResults& earlier = state.earlier;
  ModelRun run;
  run.model = *state.model;
  put(earlier.analysis, run.analysis);
  put(state.analysis.value, run.analysis);
  put(earlier.baseline, run.baseline);
  if (state.baseline.value && state.baseline.value->figures.complete())
    run.baseline = *state.baseline.value;
  for (const Keyed<EvaluationPtr>& plan : state.plans) run.plans.push_back(*plan.value);
  // Those of the older that are not among them, before them.
  auto addOlder = [&, older = std::size_t(0)](const EvaluationPtr& plan) mutable {
    const auto same = [&](const Evaluation& other) { return sameMeasurement(*plan, other); };
    if (std::ranges::none_of(run.plans, same))
      run.plans.insert(run.plans.begin() + static_cast<std::ptrdiff_t>(older++), *plan);
  };
  for (const EvaluationPtr& plan : earlier.plans) addOlder(plan);
  for (const Keyed<PassagePtr>& passage : earlier.passages) run.passages.push_back(*passage.value);
  for (const Keyed<PassagePtr>& passage : state.passages) run.passages.push_back(*passage.value);
  put(earlier.sensitivity, run.sensitivity);
  put(state.sensitivity.value, run.sensitivity);
  // Layers that were measured together, as long as others are to follow: it goes on from there.
  if (run.sensitivity && run.sensitivity->cumulative.size() < run.sensitivity->cells.size())
    for (const EvaluationPtr& plan : run.sensitivity->plans) addOlder(plan);
  put(earlier.layerCosts, run.layerCosts);
  put(state.layerCosts, run.layerCosts);
  put(earlier.sweep, run.sweep);
  put(state.sweep.value, run.sweep);
  if (run.sweep) {
    // In the file a sweep's points name the run's plans.
    for (SweepCurve& curve : run.sweep->curves)
      for (SweepPoint& point : curve.points) point.plan = planIndex(run.plans, *run.sweep, point);
    run.sweep->plans.clear();
  }
  return run;
}

/// Figures are those of `whole`, shared with it, never copied.
SlotState slotFrom(const RunPtr& whole, const ModelRun& run, const QString& path) {
  const auto shared = [&](const auto& part) {
    return std::shared_ptr<const std::remove_cvref_t<decltype(part)>>(whole, &part);
  };
  SlotState state;
  state.phase = Phase::Saved;
  state.origin = RunOrigin{path, whole->programVersion, whole->command};
  state.path = QString::fromStdString(run.model.folder);
  if (run.model.name.rfind("demo:", 0) == 0) state.path = QString::fromStdString(run.model.name);
  state.model = shared(run.model);
  if (run.analysis) state.analysis.value = shared(*run.analysis);
  if (run.baseline) state.baseline.value = shared(*run.baseline);
  state.draft = draftFor(run.model, {});
  for (const Evaluation& plan : run.plans) state.plans.push_back({shared(plan), QString()});
  for (const Passage& passage : run.passages) {
    state.passages.push_back({shared(passage), {}});
    const Looker looker = passage.attention ? Looker::Attention : Looker::Text;
    state.looks[indexOf(looker)].seen = state.passages.back();  // the last: what a report shows
  }
  if (run.sensitivity) state.sensitivity.value = shared(*run.sensitivity);
  if (run.layerCosts) state.layerCosts = shared(*run.layerCosts);
  if (run.sweep) {
    Sweep sweep = *run.sweep;
    for (const Keyed<EvaluationPtr>& plan : state.plans) sweep.plans.push_back(plan.value);
    state.sweep.value = std::make_shared<const Sweep>(std::move(sweep));
  }
  if (!state.plans.empty()) {
    state.current = state.plans.back();
    state.draft = draftFor(run.model, state.current.value->specs);
  }
  return state;
}

}  // namespace

Run runFrom(const Slots& models, const std::string& session) {
  Run run;
  run.programVersion = QCoreApplication::applicationVersion().toStdString();
  run.created = QDateTime::currentDateTimeUtc().toString(Qt::ISODate).toStdString();
  run.session = session;
  const SlotState& a = models[indexOf(Slot::A)];
  const SlotState& b = models[indexOf(Slot::B)];
  if (a.model) run.a = modelRunFrom(a);
  if (b.model && a.model) run.b = modelRunFrom(b);
  if (b.model && !a.model) run.a = modelRunFrom(b);
  return run;
}

Slots slotsFrom(const RunPtr& run, const QString& path) {
  Slots models;
  models[indexOf(Slot::A)] = slotFrom(run, run->a, path);
  if (run->b) models[indexOf(Slot::B)] = slotFrom(run, *run->b, path);
  return models;
}

}  // namespace kvloupe
