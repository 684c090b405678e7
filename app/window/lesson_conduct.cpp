// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/lesson_conduct.hpp"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QMenu>
#include <QMenuBar>
#include <QScrollArea>
#include <utility>

#include "common/error.hpp"
#include "controls/picked_path.hpp"
#include "controls/pointer_ring.hpp"
#include "controls/rank_slider.hpp"
#include "lessons/lesson_file.hpp"
#include "pages/pages.hpp"
#include "panels/models_panel.hpp"
#include "panels/start_page.hpp"
#include "window/left_dock.hpp"
#include "window/main_actions.hpp"
#include "window/main_window.hpp"
#include "window/workbench.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

LessonConduct::LessonConduct(MainWindow* window, Workspace* workspace)
    : QObject(window),
      window_(window),
      workspace_(workspace),
      runner_(stage()),
      ring_(new PointerRing(window)) {
  offer();
  LeftDock* dock = window->workbench()->leftDock();
  connect(dock->lesson(), &LessonPanel::backRequested, &runner_, &LessonRunner::goBack);
  connect(dock->lesson(), &LessonPanel::nextRequested, &runner_, &LessonRunner::goOn);
  connect(dock->lesson(), &LessonPanel::doItRequested, &runner_, &LessonRunner::doIt);
  connect(dock, &LeftDock::lessonLeft, &runner_, &LessonRunner::leave);
  connect(dock, &LeftDock::turned, this, &LessonConduct::pointOut);
  connect(window->workbench(), &Workbench::pageChanged, &runner_, &LessonRunner::lookSoon);
  connect(window->actions()->leaveLesson, &QAction::triggered, &runner_, &LessonRunner::leave);
  connect(&runner_, &LessonRunner::changed, this, &LessonConduct::refresh);
  connect(&runner_, &LessonRunner::stepEntered, this, &LessonConduct::enterStep);
  connect(&runner_, &LessonRunner::left, this, [this] {
    ring_->clear();
    markGoals(false);
    window_->workbench()->setLessonOn(false);
    window_->actions()->leaveLesson->setEnabled(false);
    emit placeChanged({});
  });
  window->actions()->leaveLesson->setEnabled(false);
}

LessonStage LessonConduct::stage() {
  return {.workspace = workspace_,
          .control = [this](const QString& name) { return control(name); },
          .page = [this] { return window_->workbench()->currentPageKey(); },
          .pageName =
              [this](const QString& key) {
                const auto at = static_cast<std::size_t>(pageKeys().indexOf(key));
                return window_->workbench()->pages()[at]->name();
              },
          .showPage = [this](const QString& key) { window_->showPage(key); },
          .useModel = [this](const QString& model) { useModel(model); }};
}

void LessonConduct::offer() {
  std::vector<LessonItem> items;
  QMenu* menu = window_->actions()->lessons;
  for (const Lesson& lesson : bundledLessons()) {
    items.push_back({lesson.title, lesson.summary, static_cast<int>(lesson.steps.size())});
    connect(menu->addAction(lesson.title), &QAction::triggered, this,
            [this, &lesson] { start(lesson); });
  }
  menu->addSeparator();
  menu->addActions({window_->actions()->openLesson, window_->actions()->leaveLesson});
  window_->startPage()->setLessons(items);
  connect(window_->startPage(), &StartPage::lessonRequested, this,
          [this](int index) { start(bundledLessons()[static_cast<std::size_t>(index)]); });
  connect(window_->actions()->openLesson, &QAction::triggered, this, [this] {
    const QString path = QFileDialog::getOpenFileName(
        window_, tr("Open a lesson file"), rememberedFolder("lesson"), tr("Lessons (*.json)"));
    if (path.isEmpty()) return;
    rememberFolder("lesson", path);
    startFile(path);
  });
}

void LessonConduct::start(const Lesson& lesson) {
  const auto& first = std::get<ModelGoal>(lesson.steps.front().waits.front());
  useModel(first.model);
  window_->workbench()->setLessonOn(true);
  window_->actions()->leaveLesson->setEnabled(true);
  runner_.start(lesson);
}

void LessonConduct::startFile(const QString& path) {
  try {
    start(readLessonFile(path));
  } catch (const Error& error) {
    emit refused(QString::fromUtf8(error.what()));
  }
}

void LessonConduct::useModel(const QString& model) {
  for (const Slot slot : {Slot::A, Slot::B}) {
    const SlotState& state = workspace_->slot(slot);
    if (state.opening == model) return;
    if (state.phase != Phase::Open || state.path != model) continue;
    workspace_->setActive(slot);
    return;
  }
  // Beside what is open: the first free place, else B.
  window_->openPath(model, workspace_->slot(Slot::A).model ? Slot::B : Slot::A);
}

void LessonConduct::setLarge(bool large) {
  ring_->setLarge(large);
  runner_.lookSoon();
}

QWidget* LessonConduct::control(const QString& name) const {
  const auto named = window_->findChildren<QWidget*>(name);
  for (QWidget* each : named)
    if (each->isVisible()) return each;
  return named.isEmpty() ? nullptr : named.front();
}

void LessonConduct::enterStep() {
  stepWasDone_ = runner_.stepDone();
  for (const QMetaObject::Connection& choice : choices_) disconnect(choice);
  choices_.clear();
  for (const LessonGoal& goal : runner_.current().waits) {
    const auto* wanted = std::get_if<ChoiceGoal>(&goal);
    QWidget* chosen = wanted != nullptr ? control(wanted->control) : nullptr;
    if (auto* list = qobject_cast<QComboBox*>(chosen))
      choices_.push_back(
          connect(list, &QComboBox::currentIndexChanged, &runner_, &LessonRunner::lookSoon));
    else if (auto* box = qobject_cast<QCheckBox*>(chosen))
      choices_.push_back(connect(box, &QCheckBox::toggled, &runner_, &LessonRunner::lookSoon));
  }
  window_->workbench()->leftDock()->showLesson();
  if (const auto& point = runner_.current().point)
    if (QWidget* shown = control(point->control))
      for (QWidget* each = shown->parentWidget(); each != nullptr; each = each->parentWidget())
        if (auto* scroll = qobject_cast<QScrollArea*>(each)) scroll->ensureWidgetVisible(shown);
  pointOut();
  emit placeChanged(tr("Lesson: %1 Step %2 of %3")
                        .arg(runner_.lesson().title)
                        .arg(runner_.step() + 1)
                        .arg(runner_.lesson().steps.size()));
}

void LessonConduct::refresh() {
  LeftDock* dock = window_->workbench()->leftDock();
  dock->lesson()->setView(runner_.view());
  // What was chosen under Models is done: its answer stands under Lesson.
  if (!std::exchange(stepWasDone_, runner_.stepDone()) && stepWasDone_) dock->showLesson();
  pointOut();
}

void LessonConduct::markGoals(bool on) {
  for (RankSlider* slider : window_->findChildren<RankSlider*>()) {
    std::optional<int> wanted;
    if (on)
      for (const LessonGoal& goal : runner_.current().waits)
        if (const auto* rank = std::get_if<RankGoal>(&goal))
          if (slider->target() == rank->target && !stateOf(goal, stage()).met)
            wanted = rank->atMost ? rank->atMost : rank->atLeast;
    slider->setGoal(wanted);
  }
}

void LessonConduct::pointOut() {
  if (!runner_.running()) return;
  markGoals(!runner_.stepDone());
  const LessonStep& step = runner_.current();
  const bool over = runner_.stepDone() && step.waits.size() > 1;
  QWidget* shown = step.point && !over ? control(step.point->control) : nullptr;
  if (shown == nullptr) {
    ring_->clear();
    return;
  }
  QRect part;
  if (const auto* menu = qobject_cast<QMenu*>(shown)) {
    part = window_->menuBar()->actionGeometry(menu->menuAction());
    shown = window_->menuBar();
  }
  LeftDock* dock = window_->workbench()->leftDock();
  if (dock->lessonOnTop() && dock->models()->isAncestorOf(shown)) {
    // First to where it is found; a card there would hide the words of the step.
    ring_->pointAt(dock->modelsTab(), {}, {}, {});
    return;
  }
  ring_->pointAt(shown, part, step.point->title, step.point->hint);
}

}  // namespace kvloupe
