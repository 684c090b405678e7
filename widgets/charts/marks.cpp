// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/marks.hpp"

#include <QColor>
#include <QLineF>
#include <QPainter>
#include <QPolygonF>
#include <QVector>
#include <algorithm>
#include <cmath>

namespace kvloupe {
namespace {

constexpr double kModelHatchPitch = 6;
constexpr double kModelHatchWidth = 2.2;
constexpr double kMeasuringHatchPitch = 5;

QColor withAlpha(QColor color, double alpha) {
  color.setAlphaF(static_cast<float>(alpha));
  return color;
}

QRectF inside(const QRectF& rect, double width) {
  const double half = std::min({width, rect.width(), rect.height()}) / 2;
  return rect.adjusted(half, half, -half, -half);
}

void outline(QPainter& painter, const QRectF& rect, const QPen& pen) {
  painter.setPen(pen);
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(inside(rect, pen.widthF()));
}

}  // namespace

void paintHatch(QPainter& painter, const QRectF& rect, double pitch, const QPen& pen) {
  if (rect.isEmpty()) return;
  // Lines x + y = c; the pitch is across them, and they stay in place when a bar grows.
  const double step = pitch * std::sqrt(2.0);
  QVector<QLineF> lines;
  const double last = rect.right() + rect.bottom();
  for (double c = std::ceil((rect.left() + rect.top()) / step) * step; c < last; c += step) {
    const double x1 = std::max(rect.left(), c - rect.bottom());
    const double x2 = std::min(rect.right(), c - rect.top());
    if (x2 > x1) lines.append(QLineF(x1, c - x1, x2, c - x2));
  }
  QPen flat(pen);
  flat.setCapStyle(Qt::FlatCap);
  painter.setPen(flat);
  painter.drawLines(lines);
}

void paintSolidBar(QPainter& painter, const QRectF& rect, const QColor& fill, const QColor& line,
                   double width) {
  painter.fillRect(rect, fill);
  outline(painter, rect, QPen(line, width));
}

void paintHatchedBar(QPainter& painter, const QRectF& rect, const QColor& page, const QColor& fill,
                     const QColor& line, double width) {
  painter.fillRect(rect, page);
  paintHatch(painter, inside(rect, 2 * width), kModelHatchPitch, QPen(fill, kModelHatchWidth));
  outline(painter, rect, QPen(line, width));
}

void paintMeasuringBar(QPainter& painter, const QRectF& rect, const QColor& fill,
                       const QColor& line, double width) {
  painter.fillRect(rect, withAlpha(fill, 0.55));
  paintHatch(painter, inside(rect, 2 * width), kMeasuringHatchPitch, QPen(line, width));
  outline(painter, rect, QPen(line, width));
}

void paintStaleBar(QPainter& painter, const QRectF& rect, const QColor& fill, const QColor& line,
                   double width) {
  painter.fillRect(rect, withAlpha(fill, 0.10));
  QPen pen(line, width);
  pen.setDashPattern({3, 2});
  pen.setCapStyle(Qt::FlatCap);
  outline(painter, rect, pen);
}

void paintWhisker(QPainter& painter, double x, double low, double high, double cap,
                  const QPen& pen) {
  painter.setPen(pen);
  painter.drawLine(QPointF(x, low), QPointF(x, high));
  painter.drawLine(QPointF(x - cap / 2, low), QPointF(x + cap / 2, low));
  painter.drawLine(QPointF(x - cap / 2, high), QPointF(x + cap / 2, high));
}

void paintDiamond(QPainter& painter, const QPointF& centre, double radius) {
  painter.drawPolygon(QPolygonF({centre + QPointF(0, -radius), centre + QPointF(radius, 0),
                                 centre + QPointF(0, radius), centre + QPointF(-radius, 0)}));
}

void paintTriangle(QPainter& painter, const QPointF& centre, double radius, bool upwards) {
  const double tip = upwards ? -radius : radius;
  painter.drawPolygon(QPolygonF({centre + QPointF(0, tip), centre + QPointF(radius, -tip * 0.8),
                                 centre + QPointF(-radius, -tip * 0.8)}));
}

QRectF freePlace(const std::vector<QRectF>& places, const std::vector<QPointF>& points) {
  for (const QRectF& place : places)
    if (std::none_of(points.begin(), points.end(),
                     [&](const QPointF& point) { return place.contains(point); }))
      return place;
  return places.front();
}

}  // namespace kvloupe
