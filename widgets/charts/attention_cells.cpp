// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/attention_cells.hpp"

#include <algorithm>
#include <cmath>

#include "charts/cell_image.hpp"
#include "charts/chart_plot.hpp"
#include "charts/chart_ticker.hpp"
#include "theme/theme.hpp"

namespace kvloupe {
namespace {

// More are drawn as one picture; in a figure each rectangle takes longer.
constexpr int kMostCells = 12000, kMostFigureCells = 2000;
constexpr double kGapFrom = 7;      // cells of so many pixels have a gap of the page between them
constexpr double kNameStep = 14;    // a name needs so much room
constexpr double kBarLabels = 18;   // of a colour bar, below it
constexpr double kBarRoom = 90;     // of a colour bar, for three labels of changes
constexpr double kBarOverhang = 4;  // of its labels, beside it: cells stand at its left

}  // namespace

AttentionMap::Cells::Cells(AttentionMap* map) : ChartLayer(map->plot()), map_(map) {}

QRectF AttentionMap::Cells::area() const { return map_->axesArea(); }

void AttentionMap::Cells::draw(QCPPainter* painter) {
  if (map_->isEmpty()) return;
  painter->save();
  painter->setClipRect(area().adjusted(-1, -1, 1, 1), Qt::IntersectClip);
  if (map_->view_.stale) painter->setOpacity(kStaleOpacity);
  if (map_->markCount() > (map_->exporting() ? kMostFigureCells : kMostCells))
    drawAsImage(*painter);
  else
    drawCells(*painter);
  drawOutline(*painter);
  painter->restore();
  drawNames(*painter);
  drawColorBar(*painter);
  if (!map_->exporting()) drawFrames(*painter);
}

void AttentionMap::Cells::drawCells(QCPPainter& painter) const {
  const Palette& p = map_->colors();
  const double gap = map_->cellRect(0, 0).width() >= kGapFrom ? 0.5 : 0;
  painter.setAntialiasing(gap > 0);
  for (int row = 0; row < map_->tokens(); ++row)
    for (int column = 0; column <= row; ++column)
      painter.fillRect(map_->cellRect(row, column).adjusted(gap, gap, -gap, -gap),
                       map_->scale_.color(map_->value(row, column), p));
  painter.setAntialiasing(true);
}

void AttentionMap::Cells::drawAsImage(QCPPainter& painter) {
  const int tokens = map_->tokens();
  if (picture_.isNull()) {
    picture_ = QImage(tokens, tokens, QImage::Format_RGB32);
    picture_.fill(map_->colors().page);
    for (int row = 0; row < tokens; ++row)
      for (int column = 0; column <= row; ++column)
        picture_.setPixelColor(column, row,
                               map_->scale_.color(map_->value(row, column), map_->colors()));
  }
  drawCellImage(painter, map_->cellRect(0, 0).united(map_->cellRect(tokens - 1, tokens - 1)),
                picture_, map_->exporting());
}

/// The stairs round the triangle.
void AttentionMap::Cells::drawOutline(QCPPainter& painter) const {
  const int tokens = map_->tokens();
  QPolygonF stairs;
  const QPointF corner = map_->cellRect(0, 0).topLeft();
  stairs << corner;
  for (int row = 0; row < tokens; ++row) {
    const QRectF cell = map_->cellRect(row, row);
    stairs << cell.topRight() << cell.bottomRight();
  }
  stairs << QPointF(corner.x(), stairs.back().y());
  painter.setPen(QPen(map_->colors().axis, map_->pens().line));
  painter.setBrush(Qt::NoBrush);
  painter.drawPolygon(stairs);
}

int AttentionMap::Cells::mostChanged() const {
  const int row = map_->view_.row;
  if (row < 0 || row >= map_->tokens()) return -1;
  const HeadAttention& head = *map_->view_.passage->attention;
  int most = 0;
  float change = 0;
  for (int column = 0; column <= row; ++column) {
    const auto at = static_cast<std::size_t>(row * map_->tokens() + column);
    const float each = std::abs(head.compressed[at] - head.baseline[at]);
    if (each <= change) continue;
    change = each;
    most = column;
  }
  return change > 0 ? most : -1;
}

void AttentionMap::Cells::drawNames(QCPPainter& painter) const {
  const Palette& p = map_->colors();
  const QRectF axes = area();
  const QRectF first = map_->cellRect(0, 0);
  QFont bold = kvloupe::font(TextRole::Chart);
  bold.setWeight(QFont::Bold);
  const auto write = [&](const QRectF& place, int flags, int token, bool chosen) {
    painter.setFont(chosen ? bold : kvloupe::font(TextRole::Chart));
    painter.setPen(chosen ? p.ink : p.secondText);
    painter.drawText(place, flags | Qt::AlignVCenter | Qt::TextDontClip, map_->name(token));
  };
  const int changed = mostChanged();
  const auto stepFor = [](double cell) {
    return std::max(1, static_cast<int>(std::ceil(kNameStep / std::max(0.01, cell))));
  };
  const int rowStep = stepFor(first.height());
  for (int row = 0; row < map_->tokens() && map_->named_; ++row) {
    const QRectF cell = map_->cellRect(row, 0);
    const bool chosen = row == map_->view_.row;
    if (cell.center().y() < axes.top() || cell.center().y() > axes.bottom()) continue;
    // Where names are left out, those next to the chosen one make room for it.
    const bool crowded =
        !chosen && std::abs(row - map_->view_.row) < rowStep && map_->view_.row >= 0 && rowStep > 1;
    if (!chosen && (row % rowStep != 0 || crowded)) continue;
    write(QRectF(0, cell.center().y() - 8, axes.left() - 8, 16), Qt::AlignRight, row, chosen);
  }
  const double bottom = std::min(axes.bottom(), map_->cellRect(map_->tokens() - 1, 0).bottom()) + 8;
  const int columnStep = stepFor(first.width());
  for (int column = 0; column < map_->tokens(); ++column) {
    const QRectF cell = map_->cellRect(0, column);
    const bool chosen = column == changed;
    if (cell.center().x() < axes.left() || cell.center().x() > axes.right()) continue;
    const bool crowded =
        !chosen && std::abs(column - changed) < columnStep && changed >= 0 && columnStep > 1;
    if (!chosen && (column % columnStep != 0 || crowded)) continue;
    painter.save();
    painter.translate(cell.center().x(), bottom);
    painter.rotate(-90);
    write(QRectF(-100, -8, 100, 16), Qt::AlignRight, column, chosen);
    painter.restore();
  }
}

void AttentionMap::Cells::drawColorBar(QCPPainter& painter) const {
  const int tokens = map_->tokens();
  const QRectF whole =
      map_->cellRect(0, 0).united(map_->cellRect(tokens - 1, tokens - 1)).intersected(area());
  const double width = std::clamp(0.44 * whole.width(), 40.0, 110.0);
  const QRectF bar(whole.right() - width, whole.top() + 20, width, 11);
  // Zoomed in, cells stand where the empty half of the triangle was.
  if (map_->markAt(bar.bottomLeft() + QPointF(0, kBarLabels)) >= 0) return;
  const ColorScale& scale = map_->scale_;
  if (scale.kind == ColorScale::Kind::Diverging) {
    const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(scale.high) - 1e-9)));
    paintFlatColorBar(painter, bar, scale, AttentionMap::tr("change of weight"),
                      {{scale.low, signedTick(scale.low, decimals)},
                       {0, width > kBarRoom ? QStringLiteral("0") : QString()},
                       {scale.high, signedTick(scale.high, decimals)}},
                      map_->colors(), map_->pens().line, kBarOverhang);
    return;
  }
  std::vector<std::pair<double, QString>> ticks = {
      {0, QStringLiteral("0")}, {0.5, QStringLiteral("0.5")}, {1, QStringLiteral("1")}};
  if (scale.root && width > 80) ticks.insert(ticks.begin() + 1, {0.1, QStringLiteral("0.1")});
  const QString name = !scale.root           ? AttentionMap::tr("weight")
                       : whole.width() > 150 ? AttentionMap::tr("weight, square-root scale")
                                             : AttentionMap::tr("weight, root");
  paintFlatColorBar(painter, bar, scale, name, ticks, map_->colors(), map_->pens().line);
}

void AttentionMap::Cells::drawFrames(QCPPainter& painter) const {
  painter.setPen(QPen(map_->colors().ink, 2, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
  painter.setBrush(Qt::NoBrush);
  const int row = map_->view_.row;
  const QRectF axes = area().adjusted(-2, -2, 2, 2);
  if (row >= 0 && row < map_->tokens())
    painter.drawRect(map_->cellRect(row, 0)
                         .united(map_->cellRect(row, row))
                         .adjusted(-1, -1, 1, 1)
                         .intersected(axes));
  if (map_->hoveredMark() >= 0) painter.drawRect(map_->markRect(map_->hoveredMark()));
}

}  // namespace kvloupe
