// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/rank_marker.hpp"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>

#include "theme/fonts.hpp"

namespace kvloupe {
namespace {

constexpr double kHalfWidth = 6.5;
constexpr double kHeight = 13;
constexpr double kSlack = 4;  // around the handle, for the pointer

QFont labelFont() {
  QFont result = font(TextRole::Chart);
  result.setWeight(QFont::Medium);
  return result;
}

QRectF labelRect(const RankMarker& marker, const QRectF& axes) {
  const double width = QFontMetricsF(labelFont()).horizontalAdvance(marker.label);
  const double left =
      marker.leftwards ? marker.x - kHalfWidth - 4 - width : marker.x + kHalfWidth + 4;
  return {left, axes.top() - 2, width, 15};
}

QRectF handle(const RankMarker& marker, const QRectF& axes) {
  return {marker.x - kHalfWidth, axes.top() - 2, 2 * kHalfWidth, kHeight};
}

}  // namespace

QRectF markerHandle(const RankMarker& marker, const QRectF& axes) {
  return handle(marker, axes).adjusted(-kSlack, -kSlack, kSlack, kSlack);
}

void placeMarkerLabels(std::vector<RankMarker>& markers, const QRectF& axes) {
  std::vector<QRectF> taken;
  for (const RankMarker& marker : markers) taken.push_back(handle(marker, axes));
  for (std::size_t i = 0; i < markers.size(); ++i) {
    const auto free = [&](bool leftwards) {
      markers[i].leftwards = leftwards;
      const QRectF place = labelRect(markers[i], axes);
      if (place.right() > axes.right() || place.left() < axes.left()) return false;
      for (std::size_t other = 0; other < taken.size(); ++other)
        if (other != i && place.intersects(taken[other])) return false;
      return true;
    };
    if (free(false) || free(true))
      taken.push_back(labelRect(markers[i], axes));
    else
      markers[i].label.clear();
  }
}

void paintRankMarker(QPainter& painter, const RankMarker& marker, const QRectF& axes,
                     const Palette& colors, double lineWidth) {
  const DataColors& c = colors.of(marker.target);
  QPen dashed(c.line, 1.5 * lineWidth);
  dashed.setDashPattern({4, 2.5});
  dashed.setCapStyle(Qt::FlatCap);
  painter.setPen(dashed);
  painter.drawLine(QPointF(marker.x, axes.top() + kHeight - 2), QPointF(marker.x, axes.bottom()));
  const QRectF head = handle(marker, axes);
  const double shoulder = head.bottom() - 5;
  const QPointF pentagon[] = {head.topLeft(),
                              head.topRight(),
                              {head.right(), shoulder},
                              {marker.x, head.bottom()},
                              {head.left(), shoulder}};
  painter.setPen(QPen(c.line, lineWidth));
  painter.setBrush(c.fill);
  painter.drawPolygon(pentagon, 5);
  painter.setBrush(Qt::NoBrush);
  if (marker.label.isEmpty()) return;
  painter.setFont(labelFont());
  painter.setPen(c.text);
  painter.drawText(labelRect(marker, axes).adjusted(-2, 0, 2, 0),
                   Qt::AlignCenter | Qt::TextDontClip, marker.label);
}

}  // namespace kvloupe
