// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QRectF>
#include <vector>

class QColor;
class QPainter;
class QPen;

namespace kvloupe {

/// Lines at 45 degrees, cut to `rect` by arithmetic: neither a brush pattern, which keeps one
/// device pixel, nor a clip, which SVG files drop.
void paintHatch(QPainter& painter, const QRectF& rect, double pitch, const QPen& pen);

/// Bar of model A (solid) or B (hatched on the page).
void paintSolidBar(QPainter& painter, const QRectF& rect, const QColor& fill, const QColor& line,
                   double width);
void paintHatchedBar(QPainter& painter, const QRectF& rect, const QColor& page, const QColor& fill,
                     const QColor& line, double width);
/// 55 % fill and thin hatch.
void paintMeasuringBar(QPainter& painter, const QRectF& rect, const QColor& fill,
                       const QColor& line, double width);
/// Dashed outline and 10 % fill.
void paintStaleBar(QPainter& painter, const QRectF& rect, const QColor& fill, const QColor& line,
                   double width);

/// A vertical interval with caps of `cap` pixels.
void paintWhisker(QPainter& painter, double x, double low, double high, double cap,
                  const QPen& pen);

void paintDiamond(QPainter& painter, const QPointF& centre, double radius);
/// Pointing up, its centre of height at `centre`.
void paintTriangle(QPainter& painter, const QPointF& centre, double radius, bool upwards);

/// The first of `places` that none of `points` lies in, and the first where all are taken.
QRectF freePlace(const std::vector<QRectF>& places, const std::vector<QPointF>& points);

}  // namespace kvloupe
