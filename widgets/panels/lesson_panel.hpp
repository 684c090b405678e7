// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <vector>

class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace kvloupe {

class InkLabel;
class Prose;
class StepDots;

/// A step of a lesson as it is shown.
struct LessonView {
  /// Something the step waits for, in words.
  struct Goal {
    QString words;
    bool met = false;
    friend bool operator==(const Goal&, const Goal&) = default;
  };
  QString lesson;          // its title
  int step = 0;            // from 0
  std::vector<bool> done;  // one a step
  QString heading;
  QString text;  // as Prose reads it
  std::vector<Goal> goals;
  QString answer;  // likewise; empty until the step is done
  bool canDoIt = false;
  bool canGoOn = false;

  friend bool operator==(const LessonView&, const LessonView&) = default;
};

/// The left dock of a lesson: where it is, what to do, whether it is done, and what was measured.
class LessonPanel : public QWidget {
  Q_OBJECT

 public:
  explicit LessonPanel(QWidget* parent = nullptr);

  void setView(const LessonView& view);
  [[nodiscard]] const LessonView& view() const { return view_; }
  /// Type for a lecture hall.
  void setLarge(bool large);

 signals:
  void backRequested();
  void doItRequested();
  void nextRequested();

 private:
  void listGoals();

  LessonView view_;
  bool large_ = false;
  InkLabel* lesson_;
  StepDots* dots_;
  InkLabel* count_;
  InkLabel* heading_;
  Prose* text_;
  QWidget* goals_;
  QVBoxLayout* goalRows_;
  Prose* answer_;
  QScrollArea* scroll_;
  QPushButton *back_, *doIt_, *next_;
};

}  // namespace kvloupe
