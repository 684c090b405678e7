// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <QTimer>

namespace kvloupe {

class MainWindow;
class Workspace;

/// Measures plans one after the other, then writes a picture of the window, and of a refusal over
/// it, once the workspace has nothing left to do; then ends the program.
class Screenshot : public QObject {
  Q_OBJECT

 public:
  Screenshot(MainWindow* window, Workspace* workspace, QString path, QStringList plans,
             QObject* parent = nullptr);

 private:
  void waitOrTake();
  /// True where a plan was taken up.
  bool measureNextPlan();
  void take();
  void end(int status, const QString& line = {});

  MainWindow* window_;
  Workspace* workspace_;
  QString path_;
  QStringList plans_;
  QTimer settled_;  // restarts with every change: what was drawn last is on screen
};

}  // namespace kvloupe
