// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>
#include <vector>

class QAction;
class QActionGroup;
class QMainWindow;
class QMenu;
class QUndoGroup;

namespace kvloupe {

/// Every entry of the menus. They carry words, keys and icons; what they do is connected by the
/// window.
class MainActions : public QObject {
  Q_OBJECT

 public:
  MainActions(QMainWindow* window, QUndoGroup* undoGroup, const QStringList& pageNames);

  QAction *openModel, *openAsB, *openGqa, *openMla, *openRun, *openRunAsB, *recover, *saveRun,
      *saveRunAs, *exportChart, *exportReport, *reload, *quit;
  QAction *undo, *redo, *copyChart;
  QAction *foldImpact, *foldModels, *showLog, *projector, *fitChart, *nextPanel, *previousPanel;
  std::vector<QAction*> pages;  // in the order of their tabs
  QActionGroup* themes;         // data(): ThemeKind as int
  QAction *analyse, *cancel;
  QAction *manual, *about;
  QMenu* recent;
  QMenu* lessons;  // a lesson each, then the two below
  QAction *openLesson, *leaveLesson;

 private:
  void addFileMenu(QMainWindow* window);
  void addOtherMenus(QMainWindow* window);
};

}  // namespace kvloupe
