// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/left_dock.hpp"

#include <QHBoxLayout>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "controls/buttons.hpp"
#include "controls/tab_button.hpp"
#include "panels/lesson_panel.hpp"
#include "panels/models_panel.hpp"
#include "panels/surface.hpp"

namespace kvloupe {
LeftDock::LeftDock(QWidget* parent)
    : QWidget(parent),
      models_(new ModelsPanel(this)),
      lesson_(new LessonPanel(this)),
      tabs_(makeTabs()),
      stack_(new QStackedWidget(this)) {
  stack_->addWidget(models_);
  stack_->addWidget(lesson_);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->setSpacing(0);
  whole->addWidget(tabs_);
  whole->addWidget(stack_, 1);
  setLessonOn(false);
}

QWidget* LeftDock::makeTabs() {
  auto* head = new Surface(&Palette::panel, this);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(4, 0, 8, 0);
  row->setSpacing(8);
  modelsTab_ = new TabButton(tr("Models"), {}, head);
  modelsTab_->setObjectName("dockModelsTab");
  lessonTab_ = new TabButton(tr("Lesson"), Icon::Lesson, head);
  lessonTab_->setObjectName("dockLessonTab");
  for (TabButton* tab : {modelsTab_, lessonTab_}) tab->setAutoExclusive(true);
  auto* leave = new IconButton(Icon::Close, tr("Leave the lesson"), head);
  leave->setObjectName("lessonLeave");
  row->addWidget(modelsTab_);
  row->addWidget(lessonTab_);
  row->addStretch();
  row->addWidget(leave);
  auto* column = new QVBoxLayout(head);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(row, 1);
  column->addWidget(new Rule(Qt::Horizontal, head));
  connect(modelsTab_, &TabButton::clicked, this, &LeftDock::showModels);
  connect(lessonTab_, &TabButton::clicked, this, &LeftDock::showLesson);
  connect(leave, &QAbstractButton::clicked, this, &LeftDock::lessonLeft);
  return head;
}

void LeftDock::setLessonOn(bool on) {
  lessonOn_ = on;
  tabs_->setVisible(on);
  models_->setHeadShown(!on);
  fitWidth();
  if (on)
    showLesson();
  else
    showModels();
}

void LeftDock::setLarge(bool large) {
  large_ = large;
  lesson_->setLarge(large);
  modelsTab_->setVisible(!large);  // models are not chosen in front of an audience
  lessonTab_->setLarge(large);
  if (lessonOn_) showLesson();
  fitWidth();
}

void LeftDock::fitWidth() {
  setFixedWidth(!lessonOn_ ? kModelsWidth : large_ ? kLargeLessonWidth : kLessonWidth);
}

void LeftDock::showLesson() {
  lessonTab_->setChecked(true);
  stack_->setCurrentWidget(lesson_);
  emit turned();
}

void LeftDock::showModels() {
  modelsTab_->setChecked(true);
  stack_->setCurrentWidget(models_);
  emit turned();
}

bool LeftDock::lessonOnTop() const { return lessonOn_ && stack_->currentWidget() == lesson_; }

QWidget* LeftDock::modelsTab() const { return modelsTab_; }

}  // namespace kvloupe
