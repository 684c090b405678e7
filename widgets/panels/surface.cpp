// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/surface.hpp"

#include <QPaintEvent>
#include <QPainter>

#include "theme/theme.hpp"

namespace kvloupe {

Surface::Surface(Role role, QWidget* parent) : QWidget(parent), role_(role) {
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void Surface::paintEvent(QPaintEvent* event) {
  QPainter(this).fillRect(event->rect(), kvloupe::palette().*role_);
}

Rule::Rule(Qt::Orientation orientation, QWidget* parent) : Surface(&Palette::line, parent) {
  if (orientation == Qt::Horizontal)
    setFixedHeight(1);
  else
    setFixedWidth(1);
}

}  // namespace kvloupe
