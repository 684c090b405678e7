// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QWidget>

class QAction;
class QButtonGroup;
class QHBoxLayout;

namespace kvloupe {

/// The pages by name, and at the right the actions that are always at hand.
class PageBar : public QWidget {
  Q_OBJECT

 public:
  explicit PageBar(QWidget* parent = nullptr);
  /// Returns the page's index. The first is current. Lessons name its tab "layersTab", by the key.
  int addPage(const QString& key, const QString& name);
  void addAction(QAction* action);
  void addSeparator();
  void setCurrentPage(int index);
  /// For a lecture hall: larger tabs, how to leave, and no actions.
  void setLarge(bool large);

 signals:
  void pageChosen(int index);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QHBoxLayout* pages_;
  QHBoxLayout* actions_;
  QButtonGroup* group_;
  QWidget* actionBox_;
  QWidget* leaveHint_;
};

}  // namespace kvloupe
