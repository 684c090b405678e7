// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "charts/chart_layer.hpp"
#include "charts/sigma_map.hpp"

namespace kvloupe {

/// Draws the panels of a SigmaMap, its rows' names and its colour bar.
class SigmaMap::Cells : public ChartLayer {
 public:
  explicit Cells(SigmaMap* map);

 protected:
  void draw(QCPPainter* painter) override;

 private:
  void drawPanel(QCPPainter& painter, int index) const;
  void drawAsImage(QCPPainter& painter, int index, const QRectF& whole) const;
  void drawLayerLines(QCPPainter& painter, int index) const;
  void drawHead(QCPPainter& painter, int index) const;
  void drawNames(QCPPainter& painter) const;
  void drawFrames(QCPPainter& painter) const;
  [[nodiscard]] QRectF area() const;

  SigmaMap* map_;
};

}  // namespace kvloupe
