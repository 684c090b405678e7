// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/focus_ring.hpp"

#include <QAbstractButton>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QFocusEvent>
#include <QFocusFrame>
#include <QTabBar>

namespace kvloupe {
namespace {

bool takesRing(const QWidget* widget) {
  if (widget->property("drawsOwnFocus").toBool()) return false;
  return qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QComboBox*>(widget) ||
         qobject_cast<const QAbstractSpinBox*>(widget) ||
         qobject_cast<const QAbstractSlider*>(widget) || qobject_cast<const QTabBar*>(widget);
}

bool fromKeyboard(Qt::FocusReason reason) {
  return reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason ||
         reason == Qt::ShortcutFocusReason;
}

}  // namespace

FocusRing::FocusRing(QObject* parent) : QObject(parent) { qApp->installEventFilter(this); }

FocusRing::~FocusRing() {
  if (frame_ && !frame_->parent()) delete frame_;
}

bool FocusRing::eventFilter(QObject* watched, QEvent* event) {
  // A button that a click disables hands its focus on as Tab does: that is no use of the keyboard.
  if (event->type() == QEvent::MouseButtonPress) keys_ = false;
  if (event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride) keys_ = true;
  if (event->type() != QEvent::FocusIn && event->type() != QEvent::FocusOut) return false;
  auto* widget = qobject_cast<QWidget*>(watched);
  if (!widget || widget->isWindow() || !takesRing(widget)) return false;
  const bool shown = keys_ && event->type() == QEvent::FocusIn &&
                     fromKeyboard(static_cast<QFocusEvent*>(event)->reason());
  if (shown && !frame_) frame_ = new QFocusFrame;
  if (frame_) frame_->setWidget(shown ? widget : nullptr);
  return false;
}

}  // namespace kvloupe
