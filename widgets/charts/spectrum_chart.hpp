// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "charts/dimension_chart.hpp"

namespace kvloupe {

/// Eigenvalues of a head's covariance (left axis) and the energy of the first r of them (right),
/// with rank_95 as circles on the 95 % line.
class SpectrumChart : public DimensionChart {
  Q_OBJECT

 public:
  explicit SpectrumChart(QWidget* parent = nullptr);
  ~SpectrumChart() override;

  void setData(DimensionsChartData data) override;
  /// The circles: target and rank_95.
  [[nodiscard]] std::vector<std::pair<Target, int>> circles() const;
  [[nodiscard]] std::vector<QStringList> csvRows() const override;

 protected:
  void fitAxes() override;
  void applyColors() override;
  [[nodiscard]] bool isEmpty() const override;
  /// The words stand at the energy curve instead.
  [[nodiscard]] QString markerLabel(const DimensionSeries&) const override { return {}; }
  [[nodiscard]] int markAt(const QPointF& position) const override;
  [[nodiscard]] int markCount() const override;
  [[nodiscard]] TipText tipFor(int mark) const override;
  [[nodiscard]] QRectF markRect(int mark) const override;

 private:
  class Curves;
  void refreshLegend();
  /// "V keeps 24: 86 % of its energy".
  [[nodiscard]] QString energyKept(const DimensionSeries& series, bool brief = false) const;
  [[nodiscard]] std::pair<const DimensionSeries*, int> markOf(int mark) const;

  Curves* curves_;
};

}  // namespace kvloupe
