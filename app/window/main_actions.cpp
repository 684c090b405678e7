// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/main_actions.hpp"

#include <QAction>
#include <QActionGroup>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QUndoGroup>

#include "theme/theme.hpp"

namespace kvloupe {
namespace {

QAction* make(QMainWindow* window, const QString& text, const QKeySequence& keys = {}) {
  auto* action = new QAction(text, window);
  if (!keys.isEmpty()) action->setShortcut(keys);
  window->addAction(action);
  return action;
}

QAction* makeCheck(QMainWindow* window, const QString& text, const QKeySequence& keys = {}) {
  QAction* action = make(window, text, keys);
  action->setCheckable(true);
  return action;
}

QAction* withIcon(QAction* action, Icon name) {
  action->setIcon(icon(name));
  action->setIconVisibleInMenu(false);
  return action;
}

}  // namespace

MainActions::MainActions(QMainWindow* window, QUndoGroup* undoGroup, const QStringList& pageNames)
    : QObject(window) {
  openModel = withIcon(make(window, tr("&Open model…"), QKeySequence("Ctrl+O")), Icon::Open);
  openAsB = make(window, tr("Open as &B…"));
  openGqa = make(window, tr("Open demo:gqa"));
  openMla = make(window, tr("Open demo:mla"));
  openRun = make(window, tr("Open &run…"), QKeySequence("Ctrl+Shift+O"));
  openRunAsB = make(window, tr("Open run as B…"));
  recover = make(window, tr("Reco&ver…"));
  recover->setEnabled(false);
  saveRun = withIcon(make(window, tr("&Save run"), QKeySequence("Ctrl+S")), Icon::Save);
  saveRunAs = make(window, tr("Save run &as…"));
  exportChart =
      withIcon(make(window, tr("&Export chart…"), QKeySequence("Ctrl+Shift+E")), Icon::Export);
  exportReport = make(window, tr("Export re&port…"));
  reload = make(window, tr("Re&load model"), QKeySequence("F5"));
  quit = make(window, tr("&Quit"), QKeySequence("Ctrl+Q"));

  undo = withIcon(undoGroup->createUndoAction(window, tr("Undo")), Icon::Undo);
  undo->setShortcut(QKeySequence("Ctrl+Z"));
  redo = withIcon(undoGroup->createRedoAction(window, tr("Redo")), Icon::Redo);
  redo->setShortcut(QKeySequence("Ctrl+Shift+Z"));
  copyChart = make(window, tr("&Copy chart"), QKeySequence("Ctrl+C"));

  for (const QString& name : pageNames)
    pages.push_back(
        make(window, "&" + name, QKeySequence(QString("Ctrl+%1").arg(pages.size() + 1))));
  foldImpact = makeCheck(window, tr("Fold &Impact"), QKeySequence("Ctrl+I"));
  foldModels = makeCheck(window, tr("Fold &Models"));
  showLog = makeCheck(window, tr("Lo&g"), QKeySequence("Ctrl+L"));
  projector = makeCheck(window, tr("&Projector mode"), QKeySequence("F11"));
  fitChart = make(window, tr("&Fit chart"), QKeySequence("Ctrl+0"));
  nextPanel = make(window, tr("Next panel"), QKeySequence("F6"));
  previousPanel = make(window, tr("Previous panel"), QKeySequence("Shift+F6"));
  themes = new QActionGroup(window);
  const auto addTheme = [&](const QString& name, ThemeKind kind) {
    QAction* action = makeCheck(window, name);
    action->setData(static_cast<int>(kind));
    themes->addAction(action);
  };
  addTheme(tr("&System theme"), ThemeKind::System);
  addTheme(tr("&Light theme"), ThemeKind::Light);
  addTheme(tr("&Dark theme"), ThemeKind::Dark);

  analyse = make(window, tr("&Analyse"), QKeySequence("Ctrl+Return"));
  cancel = make(window, tr("&Cancel"), QKeySequence("Esc"));
  openLesson = make(window, tr("&Open a lesson file…"));
  leaveLesson = make(window, tr("&Leave the lesson"));
  manual = make(window, tr("&Manual"), QKeySequence("F1"));
  about = make(window, tr("&About KV Loupe"));

  addFileMenu(window);
  addOtherMenus(window);
}

void MainActions::addFileMenu(QMainWindow* window) {
  QMenu* file = window->menuBar()->addMenu(tr("&File"));
  file->setObjectName("fileMenu");
  file->addActions({openModel, openAsB});
  QMenu* demos = file->addMenu(tr("&Demo models"));
  demos->addActions({openGqa, openMla});
  file->addActions({openRun, openRunAsB});
  recent = file->addMenu(tr("Re&cent"));
  file->addAction(recover);
  file->addSeparator();
  file->addActions({saveRun, saveRunAs, exportChart, exportReport});
  file->addSeparator();
  file->addActions({reload, quit});
}

void MainActions::addOtherMenus(QMainWindow* window) {
  QMenu* edit = window->menuBar()->addMenu(tr("&Edit"));
  edit->addActions({undo, redo});
  edit->addSeparator();
  edit->addAction(copyChart);

  QMenu* view = window->menuBar()->addMenu(tr("&View"));
  for (QAction* page : pages) view->addAction(page);
  view->addSeparator();
  view->addActions({foldModels, foldImpact, showLog, projector});
  view->addSeparator();
  view->addActions({fitChart, nextPanel, previousPanel});
  view->addSeparator();
  view->addActions(themes->actions());

  QMenu* run = window->menuBar()->addMenu(tr("&Run"));
  run->addActions({analyse, cancel});

  lessons = window->menuBar()->addMenu(tr("&Lessons"));
  lessons->setObjectName("lessonsMenu");

  QMenu* help = window->menuBar()->addMenu(tr("&Help"));
  help->addActions({manual, about});
}

}  // namespace kvloupe
