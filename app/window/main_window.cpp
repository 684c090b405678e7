// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/main_window.hpp"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QFileInfo>
#include <QMenuBar>
#include <QMimeData>
#include <QSettings>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "jobs/error_words.hpp"
#include "pages/pages.hpp"
#include "panels/compression_panel.hpp"
#include "panels/error_dialog.hpp"
#include "panels/impact_panel.hpp"
#include "panels/log_pane.hpp"
#include "panels/models_rail.hpp"
#include "panels/start_page.hpp"
#include "panels/status_line.hpp"
#include "theme/theme.hpp"
#include "window/drop_overlay.hpp"
#include "window/lesson_conduct.hpp"
#include "window/main_actions.hpp"
#include "window/page_bar.hpp"
#include "window/presenters.hpp"
#include "window/projector_mode.hpp"
#include "window/recent_items.hpp"
#include "window/save_question.hpp"
#include "window/workbench.hpp"
#include "workspace/draft_for_model.hpp"

namespace kvloupe {
namespace {

QStringList namesOf(const std::vector<Page*>& pages) {
  QStringList names;
  for (const Page* page : pages) names << page->name();
  return names;
}

}  // namespace

MainWindow::MainWindow(Workspace* workspace, QWidget* parent)
    : QMainWindow(parent),
      workspace_(workspace),
      stack_(new QStackedWidget(this)),
      startPage_(new StartPage(this)),
      workbench_(new Workbench(workspace, this)),
      actions_(new MainActions(this, workspace->undoGroup(), namesOf(workbench_->pages()))),
      statusLine_(new StatusLine(this)) {
  setMinimumSize(1024, 680);
  resize(1440, 900);
  setWindowIcon(icon(Icon::App));
  menuBar()->setFixedHeight(28);
  setAcceptDrops(true);
  stack_->addWidget(startPage_);
  stack_->addWidget(workbench_);
  auto* central = new QWidget(this);
  auto* column = new QVBoxLayout(central);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(stack_, 1);
  column->addWidget(statusLine_);
  setCentralWidget(central);
  dropOverlay_ = new DropOverlay(central);
  lessons_ = new LessonConduct(this, workspace_);
  projector_ = new ProjectorMode(this, workspace_);
  saveQuestion_ = new SaveQuestion(this, workspace_, [this] { save(); });

  PageBar* bar = workbench_->pageBar();
  for (QAction* action : {actions_->undo, actions_->redo}) bar->addAction(action);
  bar->addSeparator();
  for (QAction* action : {actions_->openModel, actions_->saveRun, actions_->exportChart})
    bar->addAction(action);

  connectActions();
  connectViewActions();
  connectPanels();
  connectWorkspace();
  connectPlans();
  restore();
  refreshPage();
  refreshModels();
  refreshCompression();
  refreshImpact();
  refreshStatus();
  refreshTitle();
  refreshRecent();
}

void MainWindow::restore() {
  const QByteArray geometry = QSettings().value("geometry").toByteArray();
  if (!geometry.isEmpty()) restoreGeometry(geometry);
  for (QAction* action : actions_->themes->actions())
    action->setChecked(action->data().toInt() == static_cast<int>(Theme::instance().kind()));
}

void MainWindow::openPath(const QString& path, Slot slot) {
  const bool bundled = path.startsWith("demo:");
  const QString whole = bundled ? path : QFileInfo(path).absoluteFilePath();
  if (isRunPath(whole) && slot == Slot::B)
    replacing({slot}, [this, whole] { workspace_->openRunBeside(whole); });
  else if (isRunPath(whole))
    replacing({Slot::A, Slot::B}, [this, whole] { workspace_->openRun(whole); });
  else
    replacing({slot}, [this, whole, slot] { workspace_->openModel(whole, slot); });
}

void MainWindow::replacing(std::initializer_list<Slot> lost, std::function<void()> then) {
  if (std::any_of(lost.begin(), lost.end(),
                  [this](Slot slot) { return workspace_->worthSaving(slot); }))
    saveQuestion_->ask(tr("Save the run first?"), std::move(then));
  else
    then();
}

void MainWindow::showPage(const QString& key) {
  if (const auto index = pageKeys().indexOf(key); index >= 0)
    workbench_->showPage(static_cast<int>(index));
}

// What is shown

void MainWindow::refreshPage() {
  bool anything = workspace_->hasModel();
  for (const Slot slot : {Slot::A, Slot::B}) {
    const SlotState& state = workspace_->slot(slot);
    anything = anything || !state.opening.isEmpty() || state.failure.has_value();
  }
  if (!anything) projector_->setOn(false);
  stack_->setCurrentWidget(anything ? static_cast<QWidget*>(workbench_) : startPage_);
  const bool model = workspace_->hasModel();
  for (QAction* action :
       {actions_->saveRun, actions_->saveRunAs, actions_->exportChart, actions_->exportReport,
        actions_->copyChart, actions_->reload, actions_->fitChart, actions_->projector})
    action->setEnabled(model);
  for (QAction* action : {actions_->foldImpact, actions_->foldModels, actions_->showLog,
                          actions_->nextPanel, actions_->previousPanel})
    action->setEnabled(anything);
  for (QAction* action : actions_->pages) action->setEnabled(anything);
}

void MainWindow::refreshModels() {
  const ModelsView view = modelsView(*workspace_, texts_);
  workbench_->models()->setView(view);
  workbench_->rail()->setView(view);
  actions_->analyse->setEnabled(view.canAnalyse);
  actions_->cancel->setEnabled(workspace_->activity().busy() || projector_->on());
}

void MainWindow::refreshCompression() {
  const CompressionView view = compressionView(*workspace_);
  workbench_->compression()->setView(view);
  if (projector_->on()) projector_->plan()->setView(view);
}

void MainWindow::refreshImpact() {
  const Slot active = workspace_->active();
  const Slot beside = active == Slot::A ? Slot::B : Slot::A;
  const ImpactView view = impactView(*workspace_, estimators_[indexOf(active)]);
  std::optional<ImpactView> other;
  if (workspace_->slot(beside).model)
    other = impactFigures(*workspace_, beside, estimators_[indexOf(beside)]);
  workbench_->impact()->setView(view, other);
  if (projector_->on()) projector_->impact()->setView(view);
}

void MainWindow::refreshStatus() {
  const Activity& activity = workspace_->activity();
  if (activity.progress) rate_.report(activity.job, *activity.progress, ProgressRate::Clock::now());
  StatusView view = statusView(*workspace_, rate_, message_, newLogLines_);
  view.logOffered = stack_->currentWidget() == workbench_;
  statusLine_->setView(view);
}

void MainWindow::refreshTitle() {
  QStringList names;
  for (const Slot slot : {Slot::A, Slot::B})
    if (const ModelInfoPtr& model = workspace_->slot(slot).model)
      names << QString::fromStdString(model->name);
  const QString run = workspace_->runPath().section('/', -1);
  QString title = !run.isEmpty()      ? run + "[*]"
                  : names.size() == 2 ? tr("%1 and %2").arg(names[0], names[1])
                                      : names.join(QString());
  if (!title.isEmpty()) title += QString::fromUtf8(" – ");
  setWindowTitle(title + "KV Loupe");
  setWindowModified(!run.isEmpty() && workspace_->dirty());
}

void MainWindow::log(const QString& line) {
  workbench_->log()->append(line);
  if (!workbench_->logShown()) ++newLogLines_;
  message_ = line;
  refreshStatus();
}

void MainWindow::report(const Failure& failure) {
  log(errorLine(failure.error));
  if (failure.what == Failure::What::ModelNotOpened) refusals_[indexOf(failure.slot)] = failure;
  if (errorDialog_) errorDialog_->close();
  errorDialog_ = new ErrorDialog(errorReport(failure), this);
  connect(errorDialog_, &ErrorDialog::retryRequested, this, [this, failure] { retry(failure); });
  connect(errorDialog_, &ErrorDialog::openAnotherRequested, this, [this, failure] {
    if (failure.what == Failure::What::ModelNotOpened)
      askModel(failure.slot);
    else if (failure.what == Failure::What::RunNotOpened)
      askRun(failure.slot);
    else
      askSavePath();
  });
  errorDialog_->open();
}

void MainWindow::retry(const Failure& failure) {
  switch (failure.what) {
    case Failure::What::ModelNotOpened:
    case Failure::What::RunNotOpened:
      openPath(failure.path, failure.slot);
      break;
    case Failure::What::RunNotRecovered:
      emit recoverRequested(failure.path);
      break;
    case Failure::What::RunNotSaved:
      workspace_->saveRun(failure.path);
      break;
    case Failure::What::NotMeasured:
      workspace_->resume();
      break;
    case Failure::What::PlanNotExported:
      workspace_->exportPlan(failure.slot, failure.path);
      break;
    case Failure::What::PlanNotImported:
      workspace_->importPlan(failure.slot, failure.path);
      break;
  }
}

// Showing, closing, dragging and dropping

bool MainWindow::event(QEvent* event) {
  const bool handled = QMainWindow::event(event);
  // Queued: what was painted reaches the screen first.
  if (event->type() == QEvent::Paint && !std::exchange(drawn_, true))
    QMetaObject::invokeMethod(this, &MainWindow::shown, Qt::QueuedConnection);
  return handled;
}

void MainWindow::closeEvent(QCloseEvent* event) {
  projector_->setOn(false);  // what is remembered is the window of the desk
  QSettings().setValue("geometry", saveGeometry());
  if (workspace_->saving()) {
    saveQuestion_->whenSaved([this] { close(); });
    workspace_->cancel();  // what is measured makes way
    event->ignore();
  } else if (workspace_->worthSaving() && !closeUnsaved_) {
    saveQuestion_->ask(tr("Save the run before closing?"), [this] {
      closeUnsaved_ = true;
      close();
    });
    event->ignore();
  } else {
    workspace_->cancel();
    event->accept();
  }
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  const auto thing = droppedThing(event->mimeData());
  if (!thing) return;
  dropOverlay_->start(*thing);
  event->acceptProposedAction();
}

void MainWindow::dragMoveEvent(QDragMoveEvent* event) {
  dropOverlay_->moveTo(dropOverlay_->mapFrom(this, event->position().toPoint()));
  event->acceptProposedAction();
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*) { dropOverlay_->hide(); }

void MainWindow::dropEvent(QDropEvent* event) {
  dropOverlay_->hide();
  const auto thing = droppedThing(event->mimeData());
  if (!thing) return;
  event->acceptProposedAction();
  openPath(thing->path,
           dropOverlay_->slotAt(dropOverlay_->mapFrom(this, event->position().toPoint())));
}

}  // namespace kvloupe
