// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <optional>
#include <vector>

#include "lessons/goals.hpp"
#include "panels/lesson_panel.hpp"

namespace kvloupe {

/// Takes one lesson from step to step: watches the workspace, keeps what was measured, and fills
/// the figures into its words. It knows the window only as a LessonStage.
class LessonRunner : public QObject {
  Q_OBJECT

 public:
  explicit LessonRunner(LessonStage stage, QObject* parent = nullptr);

  /// From its first step, with nothing recorded.
  void start(const Lesson& lesson);
  void leave();
  [[nodiscard]] bool running() const { return lesson_.has_value(); }
  /// Only while it runs.
  [[nodiscard]] const Lesson& lesson() const { return *lesson_; }
  [[nodiscard]] int step() const { return step_; }
  [[nodiscard]] const LessonStep& current() const {
    return lesson_->steps[static_cast<std::size_t>(step_)];
  }
  [[nodiscard]] const LessonRecords& records() const { return records_; }
  /// Everything that the step waits for has been so; it may go on even if it no longer is.
  [[nodiscard]] bool stepDone() const { return done_[static_cast<std::size_t>(step_)]; }
  [[nodiscard]] LessonView view() const;

 public slots:
  void goBack();
  /// To the next step where this one is done; after the last the lesson is left.
  void goOn();
  /// Does what the step asks of the person.
  void doIt();
  /// Something in the window may have changed; looks at it once the event loop is idle.
  void lookSoon();

 signals:
  void changed();
  void stepEntered();
  void left();

 private:
  void look();
  void enter(int step);
  [[nodiscard]] QString answer() const;

  LessonStage stage_;
  std::optional<Lesson> lesson_;
  int step_ = 0;
  std::vector<bool> done_;
  LessonRecords records_;
  QTimer idle_;
};

}  // namespace kvloupe
