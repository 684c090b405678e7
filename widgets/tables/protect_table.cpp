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
constexpr int kGap = 14;  // least room between columns

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

void ProtectTable::setMagnification(double magnification) {
  magnification_ = magnification;
  updateGeometry();
  update();
}

QSize ProtectTable::minimumSizeHint() const {
  return QSize(240, kHead + 4 * kRow) * magnification_;
}

/// Right ends of the columns, each as wide as its words, what is left shared between them. Where
/// there is too little room the last head says only what it is.
std::vector<int> ProtectTable::columnEnds(QStringList& head) const {
  const QFontMetrics metrics(kvloupe::font(TextRole::Chart));
  std::vector<int> widths;
  int needed = 0;
  const auto measure = [&] {
    widths.assign(static_cast<std::size_t>(head.size()), 0);
    for (std::size_t c = 0; c < widths.size(); ++c) {
      const auto at = static_cast<qsizetype>(c);
      widths[c] = metrics.horizontalAdvance(head[at]);
      for (const int layer : order_)
        widths[c] = std::max(widths[c], metrics.horizontalAdvance(row(layer)[at]));
    }
    needed = std::accumulate(widths.begin(), widths.end(), 0);
  };
  const int gaps = static_cast<int>(head.size()) - 1;
  const int room = static_cast<int>(width() / magnification_) - 2 * kSide;
  measure();
  if (needed + gaps * kGap > room) {
    head.back() = tr("share");
    measure();
  }
  const int gap = std::max(0, room - needed) / gaps;
  std::vector<int> ends;
  int end = kSide - gap;
  for (const int each : widths) ends.push_back(end += gap + each);
  return ends;
}

void ProtectTable::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Palette& p = kvloupe::palette();
  painter.fillRect(rect(), p.page);
  painter.scale(magnification_, magnification_);
  const QSize whole = size() / magnification_;
  painter.setFont(kvloupe::font(TextRole::Title));
  painter.setPen(p.ink);
  painter.drawText(QRect(kSide, 8, whole.width() - 2 * kSide, 24), Qt::AlignVCenter,
                   tr("Protect first"));
  painter.setFont(kvloupe::font(TextRole::Chart));
  painter.setPen(p.secondText);
  if (order_.empty()) {
    painter.drawText(QRect(kSide, 31, whole.width() - 2 * kSide, 18), Qt::AlignVCenter,
                     tr("layers by their damage, once measured"));
    return;
  }
  const QString first = columnName(figures_->columns.front());
  painter.drawText(QRect(kSide, 31, whole.width() - 2 * kSide, 18), Qt::AlignVCenter,
                   tr("layers by the damage to %1").arg(first));
  QStringList head{tr("Layer")};
  for (std::size_t c = 0; c < std::min<std::size_t>(2, figures_->columns.size()); ++c)
    head.append(columnName(figures_->columns[c]));
  head.append(tr("share of %1").arg(first));
  const std::vector<int> ends = columnEnds(head);
  const auto write = [&](const QStringList& cells, int top, const QColor& color) {
    painter.setPen(color);
    painter.drawText(QRect(kSide, top, ends[0] - kSide, kRow), Qt::AlignLeft | Qt::AlignVCenter,
                     cells[0]);
    for (int c = 1; c < static_cast<int>(cells.size()); ++c)
      painter.drawText(QRect(0, top, ends[static_cast<std::size_t>(c)], kRow),
                       Qt::AlignRight | Qt::AlignVCenter, cells[c]);
  };
  int top = kHead;
  write(head, top, p.secondText);
  for (const int layer : order_) {
    top += kRow;
    if (top + kRow > whole.height()) break;  // the map has all of them
    painter.setPen(p.line);
    painter.drawLine(0, top, whole.width(), top);
    write(row(layer), top, p.ink);
  }
}

}  // namespace kvloupe
