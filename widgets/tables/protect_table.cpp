// SPDX-License-Identifier: GPL-3.0-or-later
#include "tables/protect_table.hpp"

#include <QPainter>
#include <QStringList>
#include <algorithm>
#include <numeric>

#include "charts/sensitivity_map.hpp"
#include "theme/theme.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

constexpr int kHead = 50;
constexpr int kRow = 26;
constexpr int kSide = 20;

}  // namespace

ProtectTable::ProtectTable(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Protect first"));
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ProtectTable::setData(std::shared_ptr<const Sensitivity> figures) {
  figures_ = std::move(figures);
  order_.clear();
  sum_ = 0;
  if (figures_ && !figures_->cells.empty()) {
    order_.resize(static_cast<std::size_t>(figures_->layers));
    std::iota(order_.begin(), order_.end(), 0);
    std::stable_sort(order_.begin(), order_.end(), [this](int a, int b) {
      return figures_->cell(a, 0).deltaNll > figures_->cell(b, 0).deltaNll;
    });
    for (const int layer : order_) sum_ += std::max(0.0, figures_->cell(layer, 0).deltaNll);
  }
  QString spoken;
  for (const int layer : order_)
    spoken += row(layer).join(QStringLiteral(", ")) + QLatin1Char('\n');
  setAccessibleDescription(spoken);
  update();
}

/// Layer, damage of the first two columns, share of the first.
QStringList ProtectTable::row(int layer) const {
  QStringList cells{QString::number(layer)};
  const std::size_t shown = std::min<std::size_t>(2, figures_->columns.size());
  for (std::size_t column = 0; column < shown; ++column)
    cells.append(QString::fromStdString(
        formatDeltaPpl(figures_->cell(layer, static_cast<int>(column)).deltaPplPercent)));
  const double damage = std::max(0.0, figures_->cell(layer, 0).deltaNll);
  cells.append(sum_ > 0 ? QString::fromStdString(formatKept(damage / sum_)) : QStringLiteral("–"));
  return cells;
}

QSize ProtectTable::minimumSizeHint() const { return {240, kHead + 4 * kRow}; }

void ProtectTable::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Palette& p = kvloupe::palette();
  painter.fillRect(rect(), p.page);
  painter.setFont(kvloupe::font(TextRole::Title));
  painter.setPen(p.ink);
  painter.drawText(QRect(kSide, 8, width() - 2 * kSide, 24), Qt::AlignVCenter, tr("Protect first"));
  painter.setFont(kvloupe::font(TextRole::Chart));
  painter.setPen(p.secondText);
  if (order_.empty()) {
    painter.drawText(QRect(kSide, 31, width() - 2 * kSide, 18), Qt::AlignVCenter,
                     tr("layers by their damage, once measured"));
    return;
  }
  const QString first = columnName(figures_->columns.front());
  painter.drawText(QRect(kSide, 31, width() - 2 * kSide, 18), Qt::AlignVCenter,
                   tr("layers by the damage to %1").arg(first));
  QStringList head{tr("Layer")};
  for (std::size_t c = 0; c < std::min<std::size_t>(2, figures_->columns.size()); ++c)
    head.append(columnName(figures_->columns[c]));
  head.append(tr("share of %1").arg(first));
  const int columns = static_cast<int>(head.size());
  const int cell = (width() - 2 * kSide) / columns;
  const auto write = [&](const QStringList& cells, int top, const QColor& color) {
    painter.setPen(color);
    for (int c = 0; c < columns; ++c)
      painter.drawText(QRect(kSide + c * cell, top, cell, kRow),
                       (c == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter, cells[c]);
  };
  int top = kHead;
  write(head, top, p.secondText);
  for (const int layer : order_) {
    top += kRow;
    if (top + kRow > height()) break;  // the map has all of them
    painter.setPen(p.line);
    painter.drawLine(0, top, width(), top);
    write(row(layer), top, p.ink);
  }
}

}  // namespace kvloupe
