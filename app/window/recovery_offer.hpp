// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>

class QMessageBox;

namespace kvloupe {

class MainWindow;
class Recovery;
struct KeptRun;

/// Asks what to do with a run that a killed program left behind: once the window is drawn, and from
/// File > Recover… Several are asked for one after the other, from the menu.
class RecoveryOffer : public QObject {
  Q_OBJECT

 public:
  RecoveryOffer(MainWindow* window, Recovery* recovery);
  /// The question on screen, or null.
  [[nodiscard]] QMessageBox* question() const;

 private:
  void offer();
  void refresh();
  void ask(const KeptRun& kept);
  void recover(const KeptRun& kept);

  MainWindow* window_;
  Recovery* recovery_;
  QPointer<QMessageBox> question_;
};

}  // namespace kvloupe
