// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "charts/chart_layer.hpp"
#include "charts/plan_plane_chart.hpp"

namespace kvloupe {

/// Draws the points, budgets, front and cross hairs of a PlanPlaneChart.
class PlanScatter : public ChartLayer {
 public:
  explicit PlanScatter(PlanPlaneChart* chart);
  [[nodiscard]] std::vector<PlanPlaneChart::Mark> marks() const;

 protected:
  void draw(QCPPainter* painter) override;

 private:
  [[nodiscard]] std::vector<QPointF> takenPlaces() const;
  void drawBudgets(QCPPainter& painter) const;
  void drawFront(QCPPainter& painter) const;
  void drawMark(QCPPainter& painter, const PlanPlaneChart::Mark& mark) const;
  void drawCurrent(QCPPainter& painter) const;
  [[nodiscard]] QRectF area() const { return mParentPlot->axisRect()->rect(); }
  [[nodiscard]] QPointF pixel(double ratio, double percent) const;

  PlanPlaneChart* chart_;
};

}  // namespace kvloupe
