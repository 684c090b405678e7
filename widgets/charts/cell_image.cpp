// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/cell_image.hpp"

#include <algorithm>

namespace kvloupe {
namespace {

constexpr int kFigurePixels = 800;  // of the longer side, at least

}  // namespace

void drawCellImage(QPainter& painter, const QRectF& place, const QImage& cells, bool figure) {
  const int longer = std::max(cells.width(), cells.height());
  const int each = figure ? std::max(1, (kFigurePixels + longer - 1) / longer) : 1;
  painter.save();
  painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
  painter.setRenderHint(QPainter::LosslessImageRendering);  // else a PDF holds a JPEG
  painter.drawImage(place, each > 1 ? cells.scaled(cells.size() * each) : cells);
  painter.restore();
}

}  // namespace kvloupe
