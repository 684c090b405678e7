// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/buttons.hpp"

#include <QPainter>

#include "theme/theme.hpp"

namespace kvloupe {

void setPrimary(QPushButton* button, bool primary) {
  button->setProperty("primary", primary);
  QFont words = button->font();
  words.setWeight(primary ? QFont::Medium : QFont::Normal);
  button->setFont(words);
  button->update();
}

LinkButton::LinkButton(const QString& text, QWidget* parent) : QPushButton(text, parent) {
  setCursor(Qt::PointingHandCursor);
  setAttribute(Qt::WA_Hover);
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize LinkButton::sizeHint() const {
  return {fontMetrics().horizontalAdvance(text()) + 2, fontMetrics().height() + 4};
}

void LinkButton::paintEvent(QPaintEvent*) {
  const Palette& p = kvloupe::palette();
  QPainter painter(this);
  painter.setPen(!isEnabled() ? p.disabled : underMouse() ? p.secondText : p.ink);
  const QRect words(1, 0, width() - 2, height() - 2);
  painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text());
  const int below = words.center().y() + fontMetrics().ascent() / 2 + 3;
  painter.fillRect(QRect(1, below, fontMetrics().horizontalAdvance(text()), 1),
                   painter.pen().color());
}

IconButton::IconButton(Icon icon, const QString& name, QWidget* parent) : QToolButton(parent) {
  setIcon(kvloupe::icon(icon));
  setIconSize({16, 16});
  setFixedSize(28, 28);
  setAutoRaise(true);
  setToolTip(name);
  setAccessibleName(name);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void IconButton::setIconName(Icon icon) { setIcon(kvloupe::icon(icon)); }

}  // namespace kvloupe
