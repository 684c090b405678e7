// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/run_conversion.hpp"

#include <QCoreApplication>
#include <QDateTime>
#include <algorithm>
#include <type_traits>

#include "evaluation/same_measurement.hpp"
#include "workspace/draft_for_model.hpp"
#include "workspace/earlier_results.hpp"

namespace kvloupe {
namespace {

int planIndex(const std::vector<Evaluation>& plans, const Sweep& sweep, const SweepPoint& point) {
  if (point.plan < 0 || point.plan >= static_cast<int>(sweep.plans.size())) return -1;
  const Evaluation& wanted = *sweep.plans[static_cast<std::size_t>(point.plan)];
  for (std::size_t i = 0; i < plans.size(); ++i)
    if (sameMeasurement(plans[i], wanted)) return static_cast<int>(i);
  return -1;
}

template <class Pointer>
void put(const Pointer& value, std::optional<std::remove_cvref_t<decltype(*Pointer())>>& into) {
  if (value) into = *value;
}

ModelRun modelRunFrom(const SlotState& state) {
  const EarlierResults all = resultsOf(state);
  ModelRun run;
  run.model = *all.model;
  put(all.analysis, run.analysis);
  put(all.baseline, run.baseline);
  put(all.sensitivity, run.sensitivity);
  put(all.layerCosts, run.layerCosts);
  put(all.sweep, run.sweep);
  std::vector<EvaluationPtr> plans;
  // Layers that were measured together, as long as others are to follow: it goes on from there.
  if (run.sensitivity && run.sensitivity->cumulative.size() < run.sensitivity->cells.size())
    plans = run.sensitivity->plans;
  plans.insert(plans.end(), all.plans.begin(), all.plans.end());
  for (auto plan = plans.begin(); plan != plans.end(); ++plan) {
    const auto same = [&](const EvaluationPtr& newer) { return sameMeasurement(**plan, *newer); };
    if (std::none_of(plan + 1, plans.end(), same)) run.plans.push_back(**plan);
  }
  for (const Keyed<PassagePtr>& passage : all.passages) run.passages.push_back(*passage.value);
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
