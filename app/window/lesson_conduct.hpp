// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaObject>
#include <QObject>
#include <QString>
#include <vector>

#include "lessons/lesson_runner.hpp"

namespace kvloupe {

class MainWindow;
class PointerRing;

/// Lessons in the window: offered by the menu and on the Start page, shown in the left dock, with a
/// ring around the control that a step speaks of. Leaving one puts the dock back.
class LessonConduct : public QObject {
  Q_OBJECT

 public:
  LessonConduct(MainWindow* window, Workspace* workspace);

  void start(const Lesson& lesson);
  /// A file that is no lesson is told in one line.
  void startFile(const QString& path);
  /// Type for a lecture hall.
  void setLarge(bool large);
  [[nodiscard]] LessonRunner* runner() { return &runner_; }
  [[nodiscard]] PointerRing* ring() const { return ring_; }
  /// The control of a name, the visible one where there are several; null: none.
  [[nodiscard]] QWidget* control(const QString& name) const;
  /// What a lesson sees of this window.
  [[nodiscard]] LessonStage stage();

 signals:
  /// "Lesson: Is K the fragile one? Step 2 of 5", or empty.
  void placeChanged(const QString& line);
  void refused(const QString& line);

 private:
  void useModel(const QString& model);
  void offer();
  void refresh();
  void enterStep();
  void pointOut();
  /// Rings on the sliders where the step wants their handles.
  void markGoals(bool on);

  MainWindow* window_;
  Workspace* workspace_;
  LessonRunner runner_;
  PointerRing* ring_;
  bool stepWasDone_ = false;
  std::vector<QMetaObject::Connection> choices_;  // controls that the step listens to
};

}  // namespace kvloupe
