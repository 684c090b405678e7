// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/card.hpp"

#include <QPainter>

#include "theme/style_painting.hpp"
#include "theme/theme.hpp"

namespace kvloupe {

Card::Card(QWidget* parent) : QFrame(parent) {
  setContentsMargins(1, 1, 1, 1);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void Card::setLook(Look look) {
  look_ = look;
  update();
}

void Card::paintEvent(QPaintEvent*) {
  const Palette& p = kvloupe::palette();
  QPainter painter(this);
  if (look_ != Look::Empty)
    return paintRounded(painter, rect(), p.page,
                        look_ == Look::Error    ? p.error
                        : look_ == Look::Active ? p.controlBorder
                                                : p.line,
                        6, look_ == Look::Plain ? 1 : 1.5);
  painter.setRenderHint(QPainter::Antialiasing);
  QPen border(p.controlBorder, 1);
  border.setDashPattern({4, 3});
  painter.setPen(border);
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5.5, 5.5);
}

}  // namespace kvloupe
