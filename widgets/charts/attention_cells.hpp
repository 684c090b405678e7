// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

#include "charts/attention_map.hpp"

namespace kvloupe {

/// Draws the triangle of an AttentionMap.
class AttentionMap::Cells : public QCPLayerable {
 public:
  explicit Cells(AttentionMap* map);

 protected:
  void applyDefaultAntialiasingHint(QCPPainter* painter) const override;
  void draw(QCPPainter* painter) override;

 private:
  [[nodiscard]] QRectF area() const;
  void drawCells(QCPPainter& painter) const;
  void drawAsImage(QCPPainter& painter) const;
  void drawOutline(QCPPainter& painter) const;
  void drawNames(QCPPainter& painter) const;
  void drawColorBar(QCPPainter& painter) const;
  void drawFrames(QCPPainter& painter) const;
  /// The key whose weight changed most in the chosen row, or -1.
  [[nodiscard]] int mostChanged() const;

  AttentionMap* map_;
};

}  // namespace kvloupe
