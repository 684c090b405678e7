// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QString>
#include <QWidget>
#include <vector>

#include "theme/icons.hpp"

class QVBoxLayout;

namespace kvloupe {

/// One of the ways in: icon, title, sentence, and how else to do it.
class StartCard : public QAbstractButton {
  Q_OBJECT

 public:
  StartCard(Icon icon, const QString& title, const QString& sentence, const QString& hint,
            QWidget* parent = nullptr);
  [[nodiscard]] QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  Icon icon_;
  QString sentence_;
  QString hint_;
};

struct RecentItem {
  QString name;
  QString path;
  bool run = false;
};

/// A lesson in the list: what it asks, about what, and how long it is.
struct LessonItem {
  QString title, summary;
  int steps = 0;
};

/// What a program without arguments shows: three ways in, what was opened before, and
/// lessons.
class StartPage : public QWidget {
  Q_OBJECT

 public:
  explicit StartPage(QWidget* parent = nullptr);
  void setRecent(const std::vector<RecentItem>& items);
  void setLessons(const std::vector<LessonItem>& lessons);

 signals:
  void demoRequested();
  void openModelRequested();
  void openRunRequested();
  void recentRequested(const QString& path);
  void lessonRequested(int index);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  StartCard* demo_;
  QVBoxLayout* recent_;
  QVBoxLayout* lessons_;
};

}  // namespace kvloupe
