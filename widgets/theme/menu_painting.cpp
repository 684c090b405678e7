// SPDX-License-Identifier: GPL-3.0-or-later
#include <QPainter>
#include <QStyleOption>

#include "theme/style_painting.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

constexpr int kItemHeight = 26;
constexpr int kSeparatorHeight = 9;
constexpr int kMarkColumn = 32;  // check mark or icon
constexpr int kEnd = 28;         // room for the arrow of a submenu

}  // namespace

void paintMenuBarItem(QPainter& painter, const QStyleOptionMenuItem& option) {
  const Palette& p = palette();
  painter.fillRect(option.rect, p.window);
  const bool open = option.state & (QStyle::State_Selected | QStyle::State_Sunken);
  if (open) paintRounded(painter, option.rect.adjusted(1, 2, -1, -2), p.selectedRow, {}, 4);
  painter.save();
  painter.setPen(option.state & QStyle::State_Enabled ? p.ink : p.disabled);
  painter.drawText(option.rect, Qt::AlignCenter | Qt::TextHideMnemonic | Qt::TextSingleLine,
                   option.text);
  painter.restore();
}

QSize menuItemSize(const QStyleOptionMenuItem& option, const QSize& contents) {
  if (option.menuItemType == QStyleOptionMenuItem::Separator)
    return {2 * kMarkColumn, kSeparatorHeight};
  const bool shortcut = option.text.contains(QLatin1Char('\t'));
  const int keys = shortcut ? option.reservedShortcutWidth + 24 : 0;
  const QString words = option.text.section(QLatin1Char('\t'), 0, 0);
  const int width = option.fontMetrics.horizontalAdvance(words);
  return {std::max(contents.width(), kMarkColumn + width + keys + kEnd),
          std::max(kItemHeight, contents.height())};
}

void paintMenuItem(QPainter& painter, const QStyleOptionMenuItem& option) {
  const Palette& p = palette();
  const QRect rect = option.rect;
  if (option.menuItemType == QStyleOptionMenuItem::Separator) {
    painter.fillRect(QRect(rect.left() + 8, rect.center().y(), rect.width() - 16, 1), p.line);
    return;
  }
  const bool enabled = option.state & QStyle::State_Enabled;
  if (enabled && (option.state & QStyle::State_Selected))
    painter.fillRect(rect.adjusted(1, 0, -1, 0), p.selectedRow);
  const QColor ink = enabled ? p.ink : p.disabled;
  const QRectF mark =
      centredSquare(QRectF(rect.left(), rect.top(), kMarkColumn, rect.height()), 16);
  if (option.checked) {
    paintIcon(painter, Icon::Check, mark, ink);
  } else if (!option.icon.isNull()) {
    option.icon.paint(&painter, mark.toRect(), Qt::AlignCenter,
                      enabled ? QIcon::Normal : QIcon::Disabled);
  }
  painter.save();
  painter.setFont(option.font);
  const QRect words = rect.adjusted(kMarkColumn, 0, -kEnd, 0);
  painter.setPen(ink);
  painter.drawText(words,
                   Qt::AlignLeft | Qt::AlignVCenter | Qt::TextShowMnemonic | Qt::TextSingleLine,
                   option.text.section(QLatin1Char('\t'), 0, 0));
  const QString keys = option.text.section(QLatin1Char('\t'), 1);
  if (!keys.isEmpty()) {
    painter.setPen(enabled ? p.secondText : p.disabled);
    painter.drawText(rect.adjusted(0, 0, -14, 0),
                     Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, keys);
  }
  painter.restore();
  if (option.menuItemType == QStyleOptionMenuItem::SubMenu)
    paintIcon(painter, Icon::ChevronRight,
              centredSquare(QRectF(rect.right() - kEnd, rect.top(), kEnd, rect.height()), 14), ink);
}

}  // namespace kvloupe
