// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <functional>

#include "lessons/lesson.hpp"

class QWidget;

namespace kvloupe {

class Workspace;

/// What a lesson sees of the window it runs in, and can do there.
struct LessonStage {
  Workspace* workspace = nullptr;
  /// The control of this name, the visible one where there are several; null: none.
  std::function<QWidget*(const QString& name)> control;
  std::function<QString()> page;                        // key of the page that is shown
  std::function<QString(const QString& key)> pageName;  // as a person reads it
  std::function<void(const QString& key)> showPage;
  /// Makes a model the active one; opens it first where it is not open.
  std::function<void(const QString& model)> useModel;
};

/// Whether it is so, and how far it is: "V is at rank 24, goal 8".
struct GoalState {
  bool met = false;
  QString words;
  bool ofThePerson = true;  // false: it comes by itself, what is asked for is being measured
};

[[nodiscard]] GoalState stateOf(const LessonGoal& goal, const LessonStage& stage);

/// Does what the person could do with the control.
void fulfil(const LessonGoal& goal, const LessonStage& stage);

/// The key of what a list shows (its text where the entry has none), or of a check box ("on",
/// "off"), the same in every language; empty where the control is neither.
[[nodiscard]] QString shownBy(const QWidget* control);

}  // namespace kvloupe
