// SPDX-License-Identifier: GPL-3.0-or-later
// Intents from menus, keys and panels to the workspace, and its news to the panels.
#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QSettings>

#include "controls/picked_path.hpp"
#include "pages/attention_page.hpp"
#include "pages/attention_tools.hpp"
#include "pages/dimensions_page.hpp"
#include "pages/layers_page.hpp"
#include "pages/pages.hpp"
#include "pages/text_page.hpp"
#include "panels/compression_panel.hpp"
#include "panels/error_dialog.hpp"
#include "panels/impact_panel.hpp"
#include "panels/models_rail.hpp"
#include "panels/status_line.hpp"
#include "report/report_dialog.hpp"
#include "theme/theme.hpp"
#include "types/format.hpp"
#include "window/lesson_conduct.hpp"
#include "window/main_actions.hpp"
#include "window/main_window.hpp"
#include "window/manual_window.hpp"
#include "window/page_bar.hpp"
#include "window/presenters.hpp"
#include "window/projector_mode.hpp"
#include "window/recent_items.hpp"
#include "window/safe_ratio_presenter.hpp"
#include "window/window_view.hpp"
#include "window/workbench.hpp"
#include "workspace/draft_for_model.hpp"
#include "workspace/resource_folder.hpp"

namespace kvloupe {

void MainWindow::connectActions() {
  const auto on = [this](QAction* action, auto what) {
    connect(action, &QAction::triggered, this, what);
  };
  on(actions_->openModel, [this] { askModel(Slot::A); });
  on(actions_->openAsB, [this] { askModel(Slot::B); });
  const auto openDemo = [this](const QString& name) {
    // Beside what is open: the first free place, else B.
    openPath(name, workspace_->slot(Slot::A).model ? Slot::B : Slot::A);
  };
  on(actions_->openGqa, [openDemo] { openDemo("demo:gqa"); });
  on(actions_->openMla, [openDemo] { openDemo("demo:mla"); });
  on(actions_->openRun, [this] { askRun(); });
  on(actions_->openRunAsB, [this] { askRun(Slot::B); });
  on(actions_->saveRun, [this] { save(); });
  on(actions_->saveRunAs, [this] { askSavePath(); });
  on(actions_->exportChart, [this] { currentChart()->saveAs(); });
  on(actions_->exportReport, [this] { askReport(); });
  on(actions_->reload, [this] { reload(workspace_->active()); });
  on(actions_->quit, [this] { close(); });
  on(actions_->copyChart, [this] {
    currentChart()->copyToClipboard();
    log(tr("Chart copied"));
  });
  on(actions_->analyse, [this] { workspace_->resume(); });
  on(actions_->cancel, [this] {
    if (projector_->on())
      projector_->setOn(false);
    else
      workspace_->cancel();
  });
  on(actions_->manual, [this] { showManual(); });
  on(actions_->about, [this] { showAbout(); });
}

void MainWindow::connectViewActions() {
  const auto on = [this](QAction* action, auto what) {
    connect(action, &QAction::triggered, this, what);
  };
  on(actions_->foldImpact, [this](bool folded) { workbench_->foldImpact(folded); });
  on(actions_->foldModels, [this](bool folded) { workbench_->foldModels(folded); });
  on(actions_->showLog, [this](bool shown) { workbench_->showLog(shown); });
  on(actions_->projector, [this](bool wanted) { projector_->setOn(wanted); });
  connect(projector_, &ProjectorMode::changed, this, [this](bool shown) {
    actions_->projector->setChecked(shown);
    refreshModels();
  });
  on(actions_->fitChart, [this] { currentChart()->fit(); });
  for (std::size_t i = 0; i < actions_->pages.size(); ++i)
    on(actions_->pages[i], [this, i] { workbench_->showPage(static_cast<int>(i)); });
  on(actions_->nextPanel, [this] { workbench_->movePanelFocus(1); });
  on(actions_->previousPanel, [this] { workbench_->movePanelFocus(-1); });
  connect(actions_->themes, &QActionGroup::triggered, this,
          [this](QAction* action) { applyThemeChoice(action->data().toInt()); });
  connect(workbench_, &Workbench::foldsChanged, this, [this] {
    actions_->foldImpact->setChecked(workbench_->impact()->folded());
    actions_->foldModels->setChecked(workbench_->modelsFolded());
    actions_->showLog->setChecked(workbench_->logShown());
    if (workbench_->logShown()) newLogLines_ = 0;
    refreshStatus();
  });
}

void MainWindow::connectPanels() {
  ModelsPanel* models = workbench_->models();
  const auto choose = [this](ModelSlot slot) { workspace_->setActive(slotOf(slot)); };
  connect(models, &ModelsPanel::chosen, this, choose);
  connect(workbench_->rail(), &ModelsRail::chosen, this, choose);
  connect(models, &ModelsPanel::openRequested, this,
          [this](ModelSlot slot) { askModel(slotOf(slot)); });
  connect(models, &ModelsPanel::closeRequested, this, [this](ModelSlot slot) {
    replacing({slotOf(slot)}, [this, slot] { workspace_->closeModel(slotOf(slot)); });
  });
  connect(models, &ModelsPanel::reloadRequested, this,
          [this](ModelSlot slot) { reload(slotOf(slot)); });
  connect(models, &ModelsPanel::detailsRequested, this, [this](ModelSlot slot) {
    if (const auto& refusal = refusals_[indexOf(slotOf(slot))]) report(*refusal);
  });
  connect(models, &ModelsPanel::retryRequested, this, [this](ModelSlot slot) {
    if (const auto& refusal = refusals_[indexOf(slotOf(slot))]) retry(*refusal);
  });
  connect(models, &ModelsPanel::dismissRequested, this,
          [this](ModelSlot slot) { workspace_->dismissFailure(slotOf(slot)); });
  const auto change = [this](auto edit) {
    MeasurementSettings settings = workspace_->settings();
    edit(settings);
    workspace_->setSettings(settings);
  };
  connect(models, &ModelsPanel::calibrationChosen, this, [change](const QString& path) {
    change([&](MeasurementSettings& settings) { settings.calibrationPath = path; });
  });
  connect(models, &ModelsPanel::evaluationChosen, this, [change](const QString& path) {
    change([&](MeasurementSettings& settings) { settings.evaluationPath = path; });
  });
  connect(models, &ModelsPanel::calibrationTokensChosen, this, [change](qint64 tokens) {
    change([&](MeasurementSettings& settings) { settings.calibrationTokens = tokens; });
  });
  connect(models, &ModelsPanel::protocolChosen, this, [change](const QString& protocol) {
    change([&](MeasurementSettings& settings) { settings.protocol = protocol; });
  });
  const QSettings kept;
  models->setCacheExtent({kept.value("cacheTokens", CacheExtent{}.tokens).toInt(),
                          kept.value("cacheBatch", CacheExtent{}.batch).toInt()});
  connect(models, &ModelsPanel::cacheExtentChosen, this, [](const CacheExtent& extent) {
    QSettings settings;
    settings.setValue("cacheTokens", extent.tokens);
    settings.setValue("cacheBatch", extent.batch);
  });
  connect(models, &ModelsPanel::contextChosen, this, [change](int tokens) {
    change([&](MeasurementSettings& settings) { settings.context = tokens; });
  });
  connect(models, &ModelsPanel::calibrationFileRequested, this, [this] { askText(true); });
  connect(models, &ModelsPanel::evaluationFileRequested, this, [this] { askText(false); });
  connect(models, &ModelsPanel::analyseRequested, workspace_, &Workspace::resume);
  connect(models, &ModelsPanel::stopRequested, workspace_, &Workspace::cancel);
  connect(workbench_->rail(), &ModelsRail::openRequested, this,
          [this](ModelSlot slot) { askModel(slotOf(slot)); });
  connect(workbench_->rail(), &ModelsRail::analyseRequested, workspace_, &Workspace::resume);
  connect(workbench_->rail(), &ModelsRail::stopRequested, workspace_, &Workspace::cancel);

  CompressionPanel* compression = workbench_->compression();
  connect(compression, &CompressionPanel::planEdited, workspace_, &Workspace::editPlan);
  connect(compression, &CompressionPanel::modelChosen, this, choose);
  connect(compression, &CompressionPanel::safeRatioRequested, this, [this] {
    const std::string curve = searchedCurve(workspace_->activeSlot().draft);
    if (!curve.empty())
      workspace_->findSafeRatios(workspace_->active(), {.curves = {curve}, .verdict = false});
  });
  connect(compression, &CompressionPanel::dragChanged, workbench_->impact(),
          &ImpactPanel::setAxesFrozen);
  connect(workbench_->impact(), &ImpactPanel::planClicked, this, [this](int index) {
    const auto plans = comparablePlans(workspace_->activeSlot(), workspace_->settings());
    const ModelInfoPtr& model = workspace_->activeSlot().model;
    if (index < 0 || index >= static_cast<int>(plans.size()) || !model) return;
    workspace_->editPlan(draftFor(*model, plans[static_cast<std::size_t>(index)]->specs),
                         workspace_->newGesture());
  });

  connect(startPage_, &StartPage::demoRequested, this, [this] { openPath("demo:gqa"); });
  connect(startPage_, &StartPage::openModelRequested, this, [this] { askModel(Slot::A); });
  connect(startPage_, &StartPage::openRunRequested, this, [this] { askRun(); });
  connect(startPage_, &StartPage::recentRequested, this,
          [this](const QString& path) { openPath(path); });
  connect(lessons_, &LessonConduct::refused, this, &MainWindow::log);
  connect(lessons_, &LessonConduct::placeChanged, this, [this](const QString& line) {
    message_ = line;
    refreshStatus();
  });
  connect(statusLine_, &StatusLine::cancelRequested, workspace_, &Workspace::cancel);
  connect(statusLine_, &StatusLine::logRequested, this,
          [this] { workbench_->showLog(!workbench_->logShown()); });

  const auto openLayer = [this](int layer) {
    workbench_->page<DimensionsPage>()->showLayer(layer);
    showPage("dimensions");
  };
  connect(workbench_->page<TextPage>(), &TextPage::sentenceOpened, this,
          [this](const QString& sentence) {
            workbench_->page<AttentionPage>()->tools()->setSentence(sentence);
            showPage("attention");
          });
  connect(workbench_->page<LayersPage>(), &LayersPage::layerOpened, this, openLayer);
  connect(workbench_->page<DimensionsPage>(), &DimensionsPage::dragChanged, workbench_->impact(),
          &ImpactPanel::setAxesFrozen);

  std::vector<ChartFrame*> charts = {workbench_->impact()->convergence(),
                                     workbench_->impact()->plane()};
  for (const Page* page : workbench_->pages())
    for (ChartFrame* chart : page->findChildren<ChartFrame*>()) charts.push_back(chart);
  for (ChartFrame* chart : charts) {
    connect(chart, &ChartFrame::exported, this,
            [this](const QString& path) { log(tr("Chart written to %1").arg(shortPath(path))); });
    connect(chart, &ChartFrame::exportFailed, this,
            [this](const QString& sentence) { log(sentence); });
  }
}

void MainWindow::connectWorkspace() {
  connect(workspace_, &Workspace::slotChanged, this, [this] {
    refreshPage();
    refreshModels();
    refreshCompression();
    refreshImpact();
    refreshStatus();
    refreshTitle();
  });
  connect(workspace_, &Workspace::activeChanged, this, [this] {
    refreshModels();
    refreshCompression();
    refreshImpact();
    refreshStatus();
  });
  connect(workspace_, &Workspace::draftChanged, this, [this](Slot slot) {
    if (slot != workspace_->active()) return;
    refreshModels();
    refreshCompression();
    refreshImpact();
  });
  connect(workspace_, &Workspace::analysisChanged, this, &MainWindow::refreshModels);
  connect(workspace_, &Workspace::evaluationChanged, this, [this](Slot slot) {
    if (slot == workspace_->active()) refreshModels();
    refreshImpact();
  });
  connect(workspace_, &Workspace::sweepChanged, this, &MainWindow::refreshCompression);
  connect(workspace_, &Workspace::settingsChanged, this, [this] {
    refreshModels();
    refreshCompression();
  });
  connect(workspace_, &Workspace::activityChanged, this, [this] {
    refreshStatus();
    refreshModels();
  });
  connect(workspace_, &Workspace::documentChanged, this, &MainWindow::refreshTitle);
  connect(workspace_, &Workspace::failed, this, &MainWindow::report);
  connect(workspace_, &Workspace::planMeasured, this, &MainWindow::logMeasured);
  connect(workspace_, &Workspace::modelOpened, this, [this](const QString& path) {
    rememberRecent(path);
    refreshRecent();
    log(tr("Opened %1").arg(shortPath(path)));
  });
  connect(workspace_, &Workspace::runOpened, this, [this](const QString& path) {
    rememberRecent(path);
    refreshRecent();
    log(tr("Opened %1").arg(shortPath(path)));
  });
  connect(workspace_, &Workspace::runRecovered, this,
          [this] { log(tr("Recovered what was not saved; Save run keeps it")); });
  connect(workspace_, &Workspace::sessionOpened, this, [this](const QJsonObject& view) {
    const MeasurementSettings& settings = workspace_->settings();
    for (const QString& path : {settings.calibrationPath, settings.evaluationPath}) offerText(path);
    restoreWindowView(*workbench_, view);
    refreshModels();
  });
  connect(workspace_, &Workspace::sessionDamaged, this, &MainWindow::log);
  workspace_->setViewSource([this] { return windowView(*workbench_); });
  connect(workspace_, &Workspace::runSaved, this, [this](const QString& path) {
    rememberRecent(path);
    refreshRecent();
    log(tr("Saved to %1").arg(shortPath(path)));
  });
}

void MainWindow::logMeasured(const EvaluationPtr& plan) {
  const EvaluationFigures& figures = plan->figures;
  QString cost = QString::fromStdString(formatDeltaPpl(figures.deltaPplPercent));
  if (figures.deltaInterval)
    cost += " " + QString::fromStdString(
                      formatDeltaPplInterval(figures.deltaPplPercent, *figures.deltaInterval));
  log(tr("%1: ΔPPL %2 at cache ratio %3")
          .arg(QString::fromStdString(plan->specText), cost,
               QString::fromStdString(formatRatio(plan->accounting.cacheRatio))));
}

// Questions to the person

void MainWindow::askModel(Slot slot) {
  const QString title =
      slot == Slot::A ? tr("Open a model folder") : tr("Open a model folder to compare");
  const QString path = QFileDialog::getExistingDirectory(this, title, rememberedFolder("model"));
  if (path.isEmpty()) return;
  rememberFolder("model", path);
  openPath(path, slot);
}

void MainWindow::askRun(Slot slot) {
  const QString path = QFileDialog::getOpenFileName(
      this, tr("Open a saved run"), rememberedFolder("run"), tr("Runs (*.kvl.h5 *.h5)"));
  if (path.isEmpty()) return;
  rememberFolder("run", path);
  openPath(path, slot);
}

void MainWindow::reload(Slot slot) {
  replacing({slot}, [this, slot] { workspace_->reload(slot); });
}

void MainWindow::save() {
  if (workspace_->runPath().isEmpty())
    askSavePath();
  else
    workspace_->saveRun(workspace_->runPath());
}

QString MainWindow::documentName() const {
  QStringList names;
  for (const Slot slot : {Slot::A, Slot::B})
    if (const ModelInfoPtr& model = workspace_->slot(slot).model)
      names << QString::fromStdString(model->name).replace(':', '-').replace('/', '-');
  names.removeDuplicates();
  return names.join('+');
}

void MainWindow::askSavePath() {
  if (!workspace_->hasModel()) return;
  const QString picked = QFileDialog::getSaveFileName(
      this, tr("Save the run"), rememberedFolder("run") + "/" + documentName() + ".kvl.h5",
      tr("Runs (*.kvl.h5)"));
  const QString path = withEnding(this, picked, ".kvl.h5", {".kvl.h5", ".h5"});
  if (path.isEmpty()) return;
  rememberFolder("run", path);
  workspace_->saveRun(path);
}

void MainWindow::askReport() {
  if (!workspace_->hasModel()) return;
  QString name = workspace_->runPath();
  if (name.isEmpty()) {
    name = rememberedFolder("report") + '/' + documentName();
  } else {
    for (const char* ending : {".h5", ".kvl"})
      if (name.endsWith(ending)) name.chop(static_cast<qsizetype>(qstrlen(ending)));
  }
  auto* dialog = new ReportDialog(*workspace_, workbench_->pages(), name + tr("-report"), this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &ReportDialog::written, this, [this](const QStringList& paths) {
    rememberFolder("report", paths.front());
    QStringList names;
    for (const QString& path : paths) names << shortPath(path);
    log(tr("Report written to %1").arg(names.join(tr(" and "))));
  });
  dialog->open();
}

void MainWindow::askText(bool calibration) {
  const QString path = QFileDialog::getOpenFileName(
      this, calibration ? tr("Calibration text") : tr("Evaluation text"), rememberedFolder("text"),
      tr("Texts (*.txt *.md);;All files (*)"));
  if (path.isEmpty()) return;
  rememberFolder("text", path);
  offerText(path);
  MeasurementSettings settings = workspace_->settings();
  (calibration ? settings.calibrationPath : settings.evaluationPath) = path;
  workspace_->setSettings(settings);
}

void MainWindow::offerText(const QString& path) {
  if (path.isEmpty()) return;
  const TextChoice choice{QFileInfo(path).fileName(), path};
  if (std::find(texts_.begin(), texts_.end(), choice) == texts_.end()) texts_.push_back(choice);
}

ChartFrame* MainWindow::currentChart() const {
  for (QWidget* widget = QApplication::focusWidget(); widget != nullptr;
       widget = widget->parentWidget())
    if (auto* chart = qobject_cast<ChartFrame*>(widget)) return chart;
  return workbench_->currentPage()->charts().front();
}

void MainWindow::showManual() {
  const auto folder = findResource("manual");
  if (!folder) {
    log(tr("The manual is not installed"));
    return;
  }
  auto* manual = new ManualWindow(*folder, this);
  manual->setAttribute(Qt::WA_DeleteOnClose);
  manual->show();
}

void MainWindow::showAbout() {
  auto* about =
      new QMessageBox(QMessageBox::NoIcon, tr("About KV Loupe"),
                      "KV Loupe " + QApplication::applicationVersion(), QMessageBox::Close, this);
  about->setAttribute(Qt::WA_DeleteOnClose);
  about->setInformativeText(
      tr("Measures how far a language model’s KV cache can be compressed, which half "
         "of it, and what that costs.\n\nGNU General Public License, version 3 or "
         "later. Built on Qt, QCustomPlot, libtorch, Eigen and HDF5."));
  about->setIconPixmap(iconPixmap(Icon::App, 64, kvloupe::palette().ink, devicePixelRatioF()));
  about->open();
}

void MainWindow::applyThemeChoice(int kind) {
  QSettings().setValue("theme", kind);
  applyTheme(*qobject_cast<QApplication*>(QCoreApplication::instance()),
             static_cast<ThemeKind>(kind));
}

void MainWindow::refreshRecent() {
  startPage_->setRecent(recentItems());
  actions_->recent->clear();
  for (const QString& path : recentPaths())
    connect(actions_->recent->addAction(shortPath(path)), &QAction::triggered, this,
            [this, path] { openPath(path); });
  actions_->recent->setEnabled(!recentPaths().isEmpty());
  if (recentPaths().isEmpty()) return;
  actions_->recent->addSeparator();
  connect(actions_->recent->addAction(tr("Forget these")), &QAction::triggered, this, [this] {
    forgetRecent();
    refreshRecent();
  });
}

}  // namespace kvloupe
