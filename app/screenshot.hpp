// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>

namespace kvloupe {

class MainWindow;
class Workspace;

/// Writes a picture of the window, and of a refusal over it, once the workspace has nothing left
/// to do; then ends the program.
class Screenshot : public QObject {
  Q_OBJECT

 public:
  Screenshot(MainWindow* window, Workspace* workspace, QString path, QObject* parent = nullptr);

 private:
  void waitOrTake();
  void take();

  MainWindow* window_;
  Workspace* workspace_;
  QString path_;
  QTimer settled_;  // restarts with every change: what was drawn last is on screen
};

}  // namespace kvloupe
