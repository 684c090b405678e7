// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "charts/dimension_chart.hpp"

namespace kvloupe {

/// Standard deviation of every dimension of a layer and head, K and V overlaid.
class SigmaChart : public DimensionChart {
  Q_OBJECT

 public:
  explicit SigmaChart(QWidget* parent = nullptr);
  ~SigmaChart() override;

  void setData(DimensionsChartData data) override;
  [[nodiscard]] std::vector<QStringList> csvRows() const override;
  /// Where the names of the series stand beside their lines, in the plot's pixels; empty where
  /// nothing is free.
  [[nodiscard]] std::vector<QRectF> nameRects() const;

 protected:
  void fitAxes() override;
  void applyColors() override { setLegend(targetLegend()); }
  [[nodiscard]] bool showsMarkers() const override { return data_.sorted; }
  [[nodiscard]] int markAt(const QPointF& position) const override;
  [[nodiscard]] int markCount() const override;
  [[nodiscard]] TipText tipFor(int mark) const override;
  [[nodiscard]] QRectF markRect(int mark) const override;

 private:
  class Steps;
  /// Series and place on the axis of a mark.
  [[nodiscard]] std::pair<const DimensionSeries*, int> markOf(int mark) const;
  [[nodiscard]] int first() const { return data_.sorted ? 1 : 0; }

  Steps* steps_;
};

}  // namespace kvloupe
