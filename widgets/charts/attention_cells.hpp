// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "charts/attention_map.hpp"
#include "charts/chart_layer.hpp"

namespace kvloupe {

/// Draws the triangle of an AttentionMap.
class AttentionMap::Cells : public ChartLayer {
 public:
  explicit Cells(AttentionMap* map);
  /// After other weights or colours.
  void forgetPicture() { picture_ = {}; }

 protected:
  void draw(QCPPainter* painter) override;

 private:
  [[nodiscard]] QRectF area() const;
  void drawCells(QCPPainter& painter) const;
  void drawAsImage(QCPPainter& painter);
  void drawOutline(QCPPainter& painter) const;
  void drawNames(QCPPainter& painter) const;
  void drawColorBar(QCPPainter& painter) const;
  void drawFrames(QCPPainter& painter) const;
  /// The key whose weight changed most in the chosen row, or -1.
  [[nodiscard]] int mostChanged() const;

  AttentionMap* map_;
  QImage picture_;  // of many cells, a pixel each
};

}  // namespace kvloupe
