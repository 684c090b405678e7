// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "charts/chart_layer.hpp"
#include "charts/layers_chart.hpp"

namespace kvloupe {

/// Draws the bars of a LayersChart and knows where they stand.
class LayerBars : public ChartLayer {
 public:
  explicit LayerBars(LayersChart* chart);
  [[nodiscard]] std::vector<LayersChart::Bar> bars() const;

 protected:
  void draw(QCPPainter* painter) override;

 private:
  [[nodiscard]] QRectF barRect(int position, int series, double value) const;
  void labelBars(std::vector<LayersChart::Bar>& bars) const;
  [[nodiscard]] static bool coversOther(const std::vector<LayersChart::Bar>& bars,
                                        const LayersChart::Bar& own, const QRectF& place);
  [[nodiscard]] std::optional<Interval> whiskerOf(const LayersChart::Bar& bar) const;
  [[nodiscard]] QRectF labelRect(const LayersChart::Bar& bar, const QString& label) const;
  void drawBar(QCPPainter& painter, const LayersChart::Bar& bar) const;
  void drawNoise(QCPPainter& painter) const;
  void drawWhisker(QCPPainter& painter, const LayersChart::Bar& bar) const;
  void drawLabel(QCPPainter& painter, const LayersChart::Bar& bar) const;
  void drawLetter(QCPPainter& painter, const LayersChart::Bar& bar) const;
  void drawUndefined(QCPPainter& painter) const;
  void drawNotes(QCPPainter& painter) const;
  void drawFrames(QCPPainter& painter, const std::vector<LayersChart::Bar>& bars) const;
  [[nodiscard]] double clampedY(double value) const;

  LayersChart* chart_;
};

}  // namespace kvloupe
