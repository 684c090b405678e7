// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/tip_card.hpp"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "theme/style_painting.hpp"
#include "theme/theme.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

constexpr int kPadding = 10;
constexpr int kLineHeight = 17;
constexpr int kDistance = 12;  // from the mark
constexpr int kMargin = 4;     // from the window's edge
constexpr int kBetween = 5;    // plain and second text
constexpr int kColumn = 190;   // width of a column of shares
constexpr int kShareAt = 76;   // in it, the figure, and behind it the bar
constexpr int kBarAt = 118;
constexpr int kColumnGap = 4;  // above the columns

QFont plainFont() { return font(TextRole::Chart); }
QFont titleFont() {
  QFont result = plainFont();
  result.setWeight(QFont::Medium);
  return result;
}

/// Beside the mark: right, left, above, below, whichever first has room in `room`.
QPoint place(const QRect& mark, const QSize& size, const QRect& room) {
  const int top =
      std::clamp(mark.top(), room.top(), std::max(room.top(), room.bottom() - size.height()));
  const int left = std::clamp(mark.center().x() - size.width() / 2, room.left(),
                              std::max(room.left(), room.right() - size.width()));
  const QPoint places[] = {{mark.right() + kDistance, top},
                           {mark.left() - kDistance - size.width(), top},
                           {left, mark.top() - kDistance - size.height()},
                           {left, mark.bottom() + kDistance}};
  for (const QPoint& corner : places)
    if (room.contains(QRect(corner, size))) return corner;
  return places[2];
}

}  // namespace

TipCard::TipCard() {
  setAttribute(Qt::WA_TransparentForMouseEvents);
  setFocusPolicy(Qt::NoFocus);
  hide();
}

void TipCard::showFor(QWidget* host, const QRectF& mark, const TipText& text) {
  text_ = text;
  QWidget* window = host->window();
  if (parentWidget() != window) setParent(window);
  const QPoint corner = host->mapTo(window, mark.topLeft().toPoint());
  const QRect room = window->rect().adjusted(kMargin, kMargin, -kMargin, -kMargin);
  setGeometry(QRect(place(QRect(corner, mark.size().toSize()), sizeHint(), room), sizeHint()));
  raise();
  show();
  update();
}

QSize TipCard::sizeHint() const {
  const QFontMetricsF metrics(plainFont());
  double width = QFontMetricsF(titleFont()).horizontalAdvance(text_.title);
  if (!text_.note.isEmpty()) width += 3 * kBetween + metrics.horizontalAdvance(text_.note);
  width = std::max(width, static_cast<double>(kColumn) * static_cast<double>(text_.columns.size()));
  for (const auto& [plain, second] : text_.lines)
    width = std::max(width, metrics.horizontalAdvance(plain) + metrics.horizontalAdvance(second) +
                                (plain.isEmpty() || second.isEmpty() ? 0 : kBetween));
  std::size_t lines = 1 + text_.lines.size();
  std::size_t most = 0;
  for (const TipColumn& column : text_.columns) most = std::max(most, column.rows.size() + 1);
  lines += most;
  return {static_cast<int>(std::ceil(width)) + 2 * kPadding + 1,
          static_cast<int>(lines) * kLineHeight + 2 * kPadding - 5 + (most > 0 ? kColumnGap : 0)};
}

void TipCard::paintEvent(QPaintEvent*) {
  const Palette& p = kvloupe::palette();
  QPainter painter(this);
  paintRounded(painter, rect(), p.tooltip, {}, 4);
  painter.setFont(titleFont());
  painter.setPen(p.tooltipText);
  QRectF line(kPadding, kPadding - 3, width() - kPadding, kLineHeight);
  constexpr int kFlags = Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine;
  painter.drawText(line, kFlags, text_.title);
  painter.setFont(plainFont());
  painter.setPen(p.tooltipSecondText);
  painter.drawText(line.adjusted(0, 0, -kPadding, 0),
                   Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, text_.note);
  const QFontMetricsF metrics(plainFont());
  for (const auto& [plain, second] : text_.lines) {
    line.translate(0, kLineHeight);
    painter.setPen(p.tooltipText);
    painter.drawText(line, kFlags, plain);
    painter.setPen(p.tooltipSecondText);
    const double after = plain.isEmpty() ? 0 : metrics.horizontalAdvance(plain) + kBetween;
    painter.drawText(line.adjusted(after, 0, 0, 0), kFlags, second);
  }
  line.translate(0, kLineHeight + kColumnGap);
  for (const TipColumn& column : text_.columns) {
    paintColumn(painter, column, line);
    line.translate(kColumn, 0);
  }
}

void TipCard::paintColumn(QPainter& painter, const TipColumn& column, QRectF line) const {
  const Palette& p = kvloupe::palette();
  constexpr int kFlags = Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine;
  painter.setPen(p.tooltipSecondText);
  painter.drawText(line, kFlags, column.head);
  const QFontMetricsF metrics(plainFont());
  for (const auto& [name, share] : column.rows) {
    line.translate(0, kLineHeight);
    painter.setPen(p.tooltipText);
    painter.drawText(line, kFlags, metrics.elidedText(name, Qt::ElideRight, kShareAt - kBetween));
    painter.drawText(line.adjusted(kShareAt, 0, 0, 0), kFlags,
                     QString::fromStdString(formatProbability(share)));
    painter.fillRect(QRectF(line.left() + kBarAt, line.center().y() - 4,
                            share * (kColumn - kBarAt - 2 * kPadding), 8),
                     p.tooltipText);
  }
}

}  // namespace kvloupe
