// SPDX-License-Identifier: GPL-3.0-or-later
#include "lessons/lesson_runner.hpp"

#include <algorithm>
#include <utility>

#include "workspace/workspace.hpp"

namespace kvloupe {

LessonRunner::LessonRunner(LessonStage stage, QObject* parent)
    : QObject(parent), stage_(std::move(stage)) {
  idle_.setSingleShot(true);
  idle_.setInterval(0);
  connect(&idle_, &QTimer::timeout, this, &LessonRunner::look);
  const Workspace* workspace = stage_.workspace;
  for (const auto signal : {&Workspace::slotChanged, &Workspace::analysisChanged,
                            &Workspace::evaluationChanged, &Workspace::draftChanged})
    connect(workspace, signal, this, &LessonRunner::lookSoon);
  for (const auto signal :
       {&Workspace::settingsChanged, &Workspace::activeChanged, &Workspace::activityChanged})
    connect(workspace, signal, this, &LessonRunner::lookSoon);
}

void LessonRunner::start(const Lesson& lesson) {
  lesson_ = lesson;
  done_.assign(lesson.steps.size(), false);
  records_.clear();
  enter(0);
}

void LessonRunner::leave() {
  if (!running()) return;
  lesson_.reset();
  idle_.stop();
  emit left();
}

void LessonRunner::enter(int step) {
  step_ = step;
  look();
  emit stepEntered();
}

void LessonRunner::goBack() {
  if (running() && step_ > 0) enter(step_ - 1);
}

void LessonRunner::goOn() {
  if (!running() || !stepDone()) return;
  if (step_ + 1 < static_cast<int>(lesson_->steps.size()))
    enter(step_ + 1);
  else
    leave();
}

void LessonRunner::doIt() {
  if (!running()) return;
  // One after the other: a preset has to stand before its rank. What follows on a model that is
  // still being opened is done by the next press.
  for (const LessonGoal& goal : current().waits) {
    const GoalState state = stateOf(goal, stage_);
    if (state.met || !state.ofThePerson) continue;
    fulfil(goal, stage_);
    if (!stateOf(goal, stage_).met) break;
  }
  lookSoon();
}

void LessonRunner::lookSoon() {
  if (running() && !idle_.isActive()) idle_.start();
}

void LessonRunner::look() {
  if (!running()) return;
  records_[kNow] = recordOf(*stage_.workspace);
  const LessonStep& step = current();
  const bool met = std::all_of(step.waits.begin(), step.waits.end(),
                               [&](const LessonGoal& goal) { return stateOf(goal, stage_).met; });
  if (met) {
    done_[static_cast<std::size_t>(step_)] = true;
    if (!step.record.isEmpty()) records_[step.record] = records_[kNow];
  }
  emit changed();
}

QString LessonRunner::answer() const {
  for (const LessonAnswer& answer : current().answers)
    if (std::all_of(answer.when.begin(), answer.when.end(),
                    [&](const Comparison& each) { return holds(each, records_); }))
      return filledIn(answer.say, records_);
  return {};
}

LessonView LessonRunner::view() const {
  LessonView view;
  if (!running()) return view;
  const LessonStep& step = current();
  view.lesson = lesson_->title;
  view.step = step_;
  for (const bool done : done_) view.done.push_back(done);
  view.heading = step.title;
  view.text = filledIn(step.text, records_);
  bool open = false;
  for (const LessonGoal& goal : step.waits) {
    const GoalState state = stateOf(goal, stage_);
    open = open || (!state.met && state.ofThePerson);
    // That the model is open is worth a line only where it is what the person has to see to.
    if (!state.met || !std::holds_alternative<ModelGoal>(goal))
      view.goals.push_back({state.words, state.met});
  }
  if (stepDone()) view.answer = answer();
  view.canDoIt = open;
  view.canGoOn = stepDone();
  return view;
}

}  // namespace kvloupe
