// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/lesson_panel.hpp"

#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

#include "controls/buttons.hpp"
#include "controls/card.hpp"
#include "controls/labels.hpp"
#include "controls/prose.hpp"
#include "controls/step_dots.hpp"
#include "panels/surface.hpp"

namespace kvloupe {

LessonPanel::LessonPanel(QWidget* parent) : QWidget(parent), scroll_(new QScrollArea(this)) {
  auto* content = new Surface(&Palette::panel);
  lesson_ = new InkLabel(TextRole::Chart, Ink::Second, {}, content);
  lesson_->setWordWrap(true);
  dots_ = new StepDots(content);
  count_ = new InkLabel(TextRole::Chart, Ink::Second, {}, content);
  heading_ = new InkLabel(TextRole::Dialog, Ink::Text, {}, content);
  heading_->setWordWrap(true);
  text_ = new Prose(TextRole::Body, content);
  auto* card = new Card(content);
  goals_ = card;
  goalRows_ = new QVBoxLayout(card);
  goalRows_->setContentsMargins(12, 10, 12, 10);
  goalRows_->setSpacing(8);
  answer_ = new Prose(TextRole::Body, content);

  auto* progress = new QHBoxLayout;
  progress->addWidget(dots_);
  progress->addStretch();
  progress->addWidget(count_);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(20, 16, 20, 12);
  column->setSpacing(0);
  column->addWidget(lesson_);
  column->addSpacing(6);
  column->addLayout(progress);
  column->addSpacing(16);
  column->addWidget(heading_);
  column->addSpacing(10);
  column->addWidget(text_);
  column->addSpacing(16);
  column->addWidget(goals_);
  column->addSpacing(16);
  column->addWidget(answer_);
  column->addStretch();

  scroll_->setWidget(content);
  scroll_->setWidgetResizable(true);
  scroll_->setFrameShape(QFrame::NoFrame);
  scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll_->setFocusPolicy(Qt::NoFocus);

  auto* foot = new Surface(&Palette::panel, this);
  back_ = new QPushButton(tr("Back"), foot);
  doIt_ = new QPushButton(tr("Do it for me"), foot);
  next_ = new QPushButton(foot);
  back_->setObjectName("lessonBack");
  doIt_->setObjectName("lessonDoIt");
  next_->setObjectName("lessonNext");
  auto* buttons = new QHBoxLayout(foot);
  buttons->setContentsMargins(20, 8, 20, 14);
  buttons->setSpacing(8);
  buttons->addWidget(back_);
  buttons->addWidget(doIt_);
  buttons->addStretch();
  buttons->addWidget(next_);
  connect(back_, &QPushButton::clicked, this, &LessonPanel::backRequested);
  connect(doIt_, &QPushButton::clicked, this, &LessonPanel::doItRequested);
  connect(next_, &QPushButton::clicked, this, &LessonPanel::nextRequested);

  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->setSpacing(0);
  whole->addWidget(scroll_, 1);
  whole->addWidget(foot);
}

void LessonPanel::setView(const LessonView& view) {
  if (view == view_) return;
  const bool turned = view.step != view_.step || view.lesson != view_.lesson;
  const bool answered = view_.answer.isEmpty() && !view.answer.isEmpty();
  view_ = view;
  const auto steps = static_cast<int>(view.done.size());
  lesson_->setText(view.lesson);
  dots_->setSteps(view.done, view.step);
  count_->setText(tr("step %1 of %2").arg(view.step + 1).arg(steps));
  heading_->setText(view.heading);
  text_->setText(view.text);
  listGoals();
  answer_->setText(view.answer);
  answer_->setVisible(!view.answer.isEmpty());
  back_->setEnabled(view.step > 0);
  doIt_->setVisible(view.canDoIt);
  const bool last = view.step + 1 == steps;
  next_->setText(last ? tr("Finish") : tr("Next"));
  // A button that is disabled hands its focus to whatever comes next, with a ring around it.
  if (next_->hasFocus() && !view.canGoOn) back_->setFocus(Qt::OtherFocusReason);
  next_->setEnabled(view.canGoOn);
  setPrimary(next_, view.canGoOn);
  if (turned)
    scroll_->verticalScrollBar()->setValue(0);
  else if (answered)
    scroll_->ensureWidgetVisible(answer_, 0, 12);
}

void LessonPanel::setLarge(bool large) {
  large_ = large;
  lesson_->setRole(large ? TextRole::HallSmall : TextRole::Chart);
  count_->setRole(large ? TextRole::HallSmall : TextRole::Chart);
  heading_->setRole(large ? TextRole::HallTitle : TextRole::Dialog);
  text_->setRole(large ? TextRole::HallBody : TextRole::Body);
  answer_->setRole(large ? TextRole::HallBody : TextRole::Body);
  for (QPushButton* button : {back_, doIt_, next_}) {
    button->setFont(kvloupe::font(large ? TextRole::HallChart : TextRole::Body));
    button->setMinimumHeight(large ? 40 : 0);
  }
  setPrimary(next_, view_.canGoOn);
  listGoals();
}

void LessonPanel::listGoals() {
  while (QLayoutItem* item = goalRows_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  for (const LessonView::Goal& goal : view_.goals) {
    auto* row = new QWidget(goals_);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(new GoalMark(goal.met, row), 0, large_ ? Qt::AlignVCenter : Qt::AlignTop);
    auto* words = new InkLabel(large_ ? TextRole::HallBody : TextRole::BodyMedium, Ink::Text,
                               goal.words, row);
    words->setAccessibleName(goal.met ? tr("%1, done").arg(goal.words) : goal.words);
    words->setWordWrap(true);
    layout->addWidget(words, 1);
    goalRows_->addWidget(row);
  }
  goals_->setVisible(!view_.goals.empty());
}

}  // namespace kvloupe
