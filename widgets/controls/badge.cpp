// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/badge.hpp"

#include <QPainter>

#include "theme/theme.hpp"

namespace kvloupe {

Badge::Badge(ModelSlot slot, QWidget* parent) : QWidget(parent), slot_(slot) {
  setFixedSize(diameter_, diameter_);
  setSlot(slot);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void Badge::setSlot(ModelSlot slot) {
  slot_ = slot;
  setAccessibleName(slot == ModelSlot::A ? tr("Model A") : tr("Model B"));
  update();
}

void Badge::setHollow(bool hollow) {
  hollow_ = hollow;
  update();
}

void Badge::setDiameter(int pixels) {
  diameter_ = pixels;
  setFixedSize(pixels, pixels);
}

QSize Badge::sizeHint() const { return {diameter_, diameter_}; }

void Badge::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  paintBadge(painter, slot_, rect(), hollow_);
}

void paintBadge(QPainter& painter, ModelSlot slot, const QRectF& rect, bool hollow) {
  const Palette& p = palette();
  const bool a = slot == ModelSlot::A;
  const QColor color = hollow ? p.controlBorder : a ? p.badgeA : p.badgeB;
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(hollow ? QPen(color, 1.2) : QPen(Qt::NoPen));
  painter.setBrush(hollow ? QBrush(Qt::NoBrush) : QBrush(color));
  const QRectF inside = rect.adjusted(0.75, 0.75, -0.75, -0.75);
  if (a) {
    painter.drawEllipse(inside);
  } else {
    const QPointF c = inside.center();
    painter.drawPolygon(
        QPolygonF({QPointF(c.x(), inside.top()), QPointF(inside.right(), c.y()),
                   QPointF(c.x(), inside.bottom()), QPointF(inside.left(), c.y())}));
  }
  QFont letter = font(TextRole::Caption);
  letter.setWeight(QFont::Bold);
  letter.setPixelSize(std::max(8, static_cast<int>(rect.height() * (a ? 0.6 : 0.5))));
  painter.setFont(letter);
  painter.setPen(hollow ? p.secondText : textOn(color));
  painter.drawText(rect, Qt::AlignCenter, a ? QStringLiteral("A") : QStringLiteral("B"));
  painter.restore();
}

}  // namespace kvloupe
