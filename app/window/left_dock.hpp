// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QStackedWidget;

namespace kvloupe {

class LessonPanel;
class ModelsPanel;
class TabButton;

/// The dock at the left: the models; during a lesson also the lesson, with a tab for each.
class LeftDock : public QWidget {
  Q_OBJECT

 public:
  static constexpr int kModelsWidth = 236;
  static constexpr int kLessonWidth = 316;
  static constexpr int kLargeLessonWidth = 370;

  explicit LeftDock(QWidget* parent = nullptr);

  [[nodiscard]] ModelsPanel* models() const { return models_; }
  [[nodiscard]] LessonPanel* lesson() const { return lesson_; }

  /// Begins or ends a lesson: tabs and the lesson, or the models alone.
  void setLessonOn(bool on);
  [[nodiscard]] bool lessonOn() const { return lessonOn_; }
  /// Type for a lecture hall.
  void setLarge(bool large);
  /// Which of the two is on top.
  void showLesson();
  void showModels();
  [[nodiscard]] bool lessonOnTop() const;
  /// Where the models are chosen from during a lesson.
  [[nodiscard]] QWidget* modelsTab() const;

 signals:
  void lessonLeft();
  /// The other of the two is on top.
  void turned();

 private:
  QWidget* makeTabs();

  void fitWidth();

  bool lessonOn_ = false;
  bool large_ = false;
  ModelsPanel* models_;
  LessonPanel* lesson_;
  TabButton* modelsTab_ = nullptr;
  TabButton* lessonTab_ = nullptr;
  QWidget* tabs_;
  QStackedWidget* stack_;
};

}  // namespace kvloupe
