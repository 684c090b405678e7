// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/left_dock.hpp"

#include <QAbstractButton>
#include <QHBoxLayout>
#include <QPainter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <optional>

#include "controls/buttons.hpp"
#include "panels/lesson_panel.hpp"
#include "panels/models_panel.hpp"
#include "panels/surface.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr int kIcon = 16;

class DockTab : public QAbstractButton {
 public:
  DockTab(const QString& text, std::optional<Icon> icon, QWidget* parent)
      : QAbstractButton(parent), icon_(icon) {
    setText(text);
    setCheckable(true);
    setAutoExclusive(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(text);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    connect(&Theme::instance(), &Theme::changed, this, &DockTab::updateGeometry);
  }
  [[nodiscard]] QSize sizeHint() const override {
    const QFont widest = kvloupe::font(large_ ? TextRole::HallMedium : TextRole::BodyMedium);
    const int words = QFontMetrics(widest).horizontalAdvance(text());
    return {words + 28 + (icon_ ? kIcon + 8 : 0), large_ ? 48 : 36};
  }
  void setLarge(bool large) {
    large_ = large;
    updateGeometry();
    update();
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    const Palette& colors = kvloupe::palette();
    const QColor ink = isChecked() ? colors.ink : colors.secondText;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QRect words = rect().adjusted(14, 0, -14, 0);
    if (icon_) {
      paintIcon(painter, *icon_, QRectF(words.left(), (height() - kIcon) / 2, kIcon, kIcon), ink);
      words.setLeft(words.left() + kIcon + 8);
    }
    QFont type = kvloupe::font(large_ ? TextRole::HallBody : TextRole::Body);
    if (isChecked()) type.setWeight(QFont::Medium);
    painter.setFont(type);
    painter.setPen(ink);
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, text());
    if (isChecked()) painter.fillRect(QRect(6, height() - 3, width() - 12, 3), colors.ink);
  }

 private:
  std::optional<Icon> icon_;
  bool large_ = false;
};

}  // namespace

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
  row->setContentsMargins(0, 0, 8, 0);
  row->setSpacing(0);
  modelsTab_ = new DockTab(tr("Models"), {}, head);
  modelsTab_->setObjectName("dockModelsTab");
  lessonTab_ = new DockTab(tr("Lesson"), Icon::Lesson, head);
  lessonTab_->setObjectName("dockLessonTab");
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
  connect(modelsTab_, &QAbstractButton::clicked, this, &LeftDock::showModels);
  connect(lessonTab_, &QAbstractButton::clicked, this, &LeftDock::showLesson);
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
  static_cast<DockTab*>(lessonTab_)->setLarge(large);
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
