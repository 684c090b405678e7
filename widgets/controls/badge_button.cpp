// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/badge_button.hpp"

#include <QPainter>

#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr int kRing = 4;  // room for the focus ring and the mark of the active model

}  // namespace

BadgeButton::BadgeButton(ModelSlot slot, int diameter, QWidget* parent)
    : QAbstractButton(parent), slot_(slot) {
  setFixedSize(diameter + 2 * kRing, diameter + 2 * kRing);
  setFocusPolicy(Qt::StrongFocus);
  setCursor(Qt::PointingHandCursor);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
  setModel({}, false);
}

void BadgeButton::setModel(const QString& name, bool active) {
  hasModel_ = !name.isEmpty();
  active_ = active;
  const QString letter = slot_ == ModelSlot::A ? QStringLiteral("A") : QStringLiteral("B");
  if (!hasModel_)
    setToolTip(tr("Open model %1…").arg(letter));
  else
    setToolTip((active ? tr("Model %1, shown: %2") : tr("Show model %1: %2")).arg(letter, name));
  setAccessibleName(toolTip());
  update();
}

void BadgeButton::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF whole(rect());
  paintBadge(painter, slot_, whole.adjusted(kRing, kRing, -kRing, -kRing), !hasModel_);
  painter.setBrush(Qt::NoBrush);
  if (active_) {
    painter.setPen(QPen(kvloupe::palette().ink, 2));
    painter.drawLine(whole.bottomLeft() + QPointF(kRing, -1),
                     whole.bottomRight() + QPointF(-kRing, -1));
  }
}

}  // namespace kvloupe
