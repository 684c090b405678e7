// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QPainter>

namespace kvloupe {

/// Draws many cells as one picture with hard edges; `cells` has a pixel a cell. In a figure every
/// cell becomes several pixels, because readers of SVG and PDF smooth what they enlarge.
void drawCellImage(QPainter& painter, const QRectF& place, const QImage& cells, bool figure);

}  // namespace kvloupe
