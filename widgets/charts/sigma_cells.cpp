// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/sigma_cells.hpp"

#include <algorithm>
#include <cmath>

#include "charts/cell_image.hpp"
#include "charts/chart_plot.hpp"
#include "charts/chart_ticker.hpp"
#include "controls/chip.hpp"
#include "theme/fonts.hpp"

namespace kvloupe {
namespace {

// More cells are drawn as one picture; in a figure each rectangle takes longer.
constexpr int kMostRects = 20000, kMostFigureRects = 2000;
constexpr double kNameHeight = 10;
constexpr double kBarWidth = 14;
constexpr double kChip = 16;

}  // namespace

SigmaMap::Cells::Cells(SigmaMap* map) : ChartLayer(map->plot()), map_(map) {}

QRectF SigmaMap::Cells::area() const { return map_->axesArea(); }

void SigmaMap::Cells::draw(QCPPainter* painter) {
  if (map_->isEmpty()) return;
  const Palette& p = map_->colors();
  for (int i = 0; i < static_cast<int>(map_->data_.panels.size()); ++i) {
    painter->save();
    painter->setClipRect(area(), Qt::IntersectClip);
    drawPanel(*painter, i);
    painter->restore();
    drawHead(*painter, i);
  }
  drawNames(*painter);
  drawFrames(*painter);
  const QRectF axes = area();
  paintColorBar(*painter, QRectF(axes.right() + 16, axes.top(), kBarWidth, axes.height()),
                map_->scale_, QStringLiteral("σ"), plainTick, p, map_->pens().line);
}

void SigmaMap::Cells::drawPanel(QCPPainter& painter, int index) const {
  const SigmaMapData::Panel& panel = map_->data_.panels[static_cast<std::size_t>(index)];
  const auto rows = static_cast<int>(panel.rows.size());
  const QRectF whole = map_->rowRect(index, 0).united(map_->rowRect(index, rows - 1));
  const Palette& p = map_->colors();
  if (panel.dim * rows > (map_->exporting() ? kMostFigureRects : kMostRects)) {
    drawAsImage(painter, index, whole);
  } else {
    // Without smoothing cells share their edges; with it the page would shine through between.
    painter.setAntialiasing(false);
    for (int r = 0; r < rows; ++r) {
      const SigmaMapData::Row& row = panel.rows[static_cast<std::size_t>(r)];
      const QRectF rect = map_->rowRect(index, r);
      const double width = rect.width() / panel.dim;
      for (std::size_t d = 0; d < row.sigma.size(); ++d) {
        const double left = rect.left() + static_cast<double>(d) * width;
        painter.fillRect(QRectF(left, rect.top(), width, rect.height()),
                         map_->scale_.color(row.sigma[d], p));
      }
    }
    painter.setAntialiasing(true);
  }
  drawLayerLines(painter, index);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(p.axis, map_->pens().line));
  painter.drawRect(whole.adjusted(0.5, 0.5, -0.5, -0.5));
}

void SigmaMap::Cells::drawAsImage(QCPPainter& painter, int index, const QRectF& whole) const {
  const SigmaMapData::Panel& panel = map_->data_.panels[static_cast<std::size_t>(index)];
  QImage image(panel.dim, static_cast<int>(panel.rows.size()), QImage::Format_RGB32);
  image.fill(map_->colors().page);
  for (std::size_t r = 0; r < panel.rows.size(); ++r)
    for (std::size_t d = 0; d < panel.rows[r].sigma.size(); ++d)
      image.setPixelColor(static_cast<int>(d), static_cast<int>(r),
                          map_->scale_.color(panel.rows[r].sigma[d], map_->colors()));
  drawCellImage(painter, whole, image, map_->exporting());
}

/// A gap of the page between layers, where rows are high enough to spare it.
void SigmaMap::Cells::drawLayerLines(QCPPainter& painter, int index) const {
  const SigmaMapData::Panel& panel = map_->data_.panels[static_cast<std::size_t>(index)];
  for (std::size_t r = 1; r < panel.rows.size(); ++r) {
    const QRectF rect = map_->rowRect(index, static_cast<int>(r));
    if (panel.rows[r].layer == panel.rows[r - 1].layer || rect.height() < 4) continue;
    painter.fillRect(QRectF(rect.left(), rect.top() - 1, rect.width(), 2), map_->colors().page);
  }
}

/// Chip and tap above a panel.
void SigmaMap::Cells::drawHead(QCPPainter& painter, int index) const {
  const SigmaMapData::Panel& panel = map_->data_.panels[static_cast<std::size_t>(index)];
  const QRectF row = map_->rowRect(index, 0);
  const double left = std::max(row.left(), area().left());
  if (left > area().right() - kChip) return;
  const double top = area().top() - kChip - 5;
  paintChip(painter, panel.target, QRectF(left, top, kChip, kChip));
  painter.setFont(kvloupe::font(TextRole::Chart));
  painter.setPen(map_->colors().secondText);
  painter.drawText(QRectF(left + kChip + 6, top, 120, kChip), Qt::AlignLeft | Qt::AlignVCenter,
                   panel.tapLabel);
}

/// Layers, and heads beside them where there is room for both.
void SigmaMap::Cells::drawNames(QCPPainter& painter) const {
  // The panel with most heads names the rows.
  std::size_t most = 0;
  for (std::size_t p = 1; p < map_->data_.panels.size(); ++p)
    if (map_->data_.panels[p].rows.size() > map_->data_.panels[most].rows.size()) most = p;
  const SigmaMapData::Panel& panel = map_->data_.panels[most];
  const QRectF axes = area();
  const double rowHeight = map_->rowRect(static_cast<int>(most), 0).height();
  double layerHeight = rowHeight;
  bool severalHeads = false;
  for (std::size_t r = 1; r < panel.rows.size() && panel.rows[r].layer == panel.rows[0].layer;
       ++r) {
    layerHeight += rowHeight;
    severalHeads = true;
  }
  const int layerStep =
      std::max(1, static_cast<int>(std::lround(stepUp(kNameHeight / layerHeight))));
  QFont bold = kvloupe::font(TextRole::Caption);
  bold.setWeight(QFont::Bold);
  for (std::size_t r = 0; r < panel.rows.size(); ++r) {
    const SigmaMapData::Row& row = panel.rows[r];
    const QRectF rect = map_->rowRect(static_cast<int>(most), static_cast<int>(r));
    if (rect.center().y() < axes.top() || rect.center().y() > axes.bottom()) continue;
    const bool chosen = map_->data_.selected && map_->data_.selected->first == row.layer;
    if (severalHeads && rowHeight >= kNameHeight) {
      painter.setFont(kvloupe::font(TextRole::Caption));
      painter.setPen(map_->colors().secondText);
      painter.drawText(QRectF(axes.left() - 26, rect.center().y() - 7, 20, 14),
                       Qt::AlignRight | Qt::AlignVCenter, QString::number(row.head));
    }
    if (row.head != 0 || row.layer % layerStep != 0) continue;
    painter.setFont(chosen ? bold : kvloupe::font(TextRole::Chart));
    painter.setPen(chosen ? map_->colors().ink : map_->colors().secondText);
    const double right = severalHeads && rowHeight >= kNameHeight ? 28 : 8;
    painter.drawText(QRectF(axes.left() - right - 24, rect.top() + layerHeight / 2 - 8, 24, 16),
                     Qt::AlignRight | Qt::AlignVCenter, QString::number(row.layer));
  }
}

/// Round the head that is shown above, and the one under the pointer.
void SigmaMap::Cells::drawFrames(QCPPainter& painter) const {
  if (map_->exporting()) return;
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(map_->colors().ink, 2, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
  const auto hovered = map_->placeOf(map_->hoveredMark());
  const QRectF axes = area().adjusted(-3, -3, 3, 3);
  for (int p = 0; p < static_cast<int>(map_->data_.panels.size()); ++p) {
    const SigmaMapData::Panel& panel = map_->data_.panels[static_cast<std::size_t>(p)];
    QRectF chosen;
    int heads = 0;
    for (const SigmaMapData::Row& row : panel.rows) heads = std::max(heads, row.head + 1);
    for (int r = 0; r < static_cast<int>(panel.rows.size()); ++r) {
      const SigmaMapData::Row& row = panel.rows[static_cast<std::size_t>(r)];
      const auto& selected = map_->data_.selected;
      const bool ofHead =
          selected && selected->first == row.layer &&
          (selected->second < 0 || std::min(selected->second, heads - 1) == row.head);
      if (ofHead) chosen = chosen.united(map_->rowRect(p, r));
      if (hovered && hovered->panel == p && hovered->row == r)
        painter.drawRect(map_->rowRect(p, r).intersected(axes));
    }
    if (!chosen.isNull()) painter.drawRect(chosen.adjusted(-1, -1, 1, 1).intersected(axes));
  }
}

}  // namespace kvloupe
