// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/tab_button.hpp"

#include <QPainter>

#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr int kIcon = 16, kAfterIcon = 8;
constexpr int kHeight = 36, kLargeHeight = 48;
constexpr int kBeside = 10, kLargeBeside = 14;  // of the words, at each side
constexpr int kUnderline = 3;

}  // namespace

TabButton::TabButton(const QString& text, std::optional<Icon> icon, QWidget* parent)
    : QAbstractButton(parent), icon_(icon) {
  setText(text);
  setAccessibleName(text);
  setCheckable(true);
  setFocusPolicy(Qt::StrongFocus);
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
  connect(&Theme::instance(), &Theme::changed, this, [this] {
    updateGeometry();
    update();
  });
}

QSize TabButton::sizeHint() const {
  const QFont widest = kvloupe::font(large_ ? TextRole::HallMedium : TextRole::BodyMedium);
  const int words = QFontMetrics(widest).horizontalAdvance(text());
  return {words + 2 * (large_ ? kLargeBeside : kBeside) + (icon_ ? kIcon + kAfterIcon : 0),
          large_ ? kLargeHeight : kHeight};
}

void TabButton::setLarge(bool large) {
  large_ = large;
  updateGeometry();
  update();
}

void TabButton::paintEvent(QPaintEvent*) {
  const Palette& colors = kvloupe::palette();
  const QColor ink = isChecked() ? colors.ink : colors.secondText;
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  QRect words = rect();
  if (icon_) {
    const int left = large_ ? kLargeBeside : kBeside;
    paintIcon(painter, *icon_, QRectF(left, (height() - kIcon) / 2, kIcon, kIcon), ink);
    words.setLeft(kIcon + kAfterIcon);  // the words stand in the middle of the rest
  }
  QFont type = kvloupe::font(large_ ? TextRole::HallBody : TextRole::Body);
  if (isChecked()) type.setWeight(QFont::Medium);
  painter.setFont(type);
  painter.setPen(ink);
  painter.drawText(words, Qt::AlignCenter, text());
  painter.setRenderHint(QPainter::Antialiasing, false);
  if (isChecked())
    painter.fillRect(QRect(0, height() - kUnderline, width(), kUnderline), colors.ink);
}

}  // namespace kvloupe
