// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "charts/chart_frame.hpp"
#include "charts/dimensions_data.hpp"
#include "charts/rank_marker.hpp"

namespace kvloupe {

/// A chart over the dimensions of one layer and head, with the plan's ranks as markers to drag.
class DimensionChart : public ChartFrame {
  Q_OBJECT

 public:
  explicit DimensionChart(QWidget* parent);

  virtual void setData(DimensionsChartData data);
  [[nodiscard]] const DimensionsChartData& data() const { return data_; }
  void clear() { setData({}); }
  /// As they are drawn; none where the order on the axis is not the order of a rank.
  [[nodiscard]] std::vector<RankMarker> markers() const;

 signals:
  void rankDragged(kvloupe::Target target, int rank);
  void dragStarted();
  void dragEnded();

 protected:
  [[nodiscard]] bool isEmpty() const override { return data_.series.empty(); }
  [[nodiscard]] bool grabAt(const QPointF& position, bool take) override;
  void dragTo(const QPointF& position) override;
  void releaseGrab() override;

  [[nodiscard]] virtual bool showsMarkers() const { return true; }
  [[nodiscard]] virtual QString markerLabel(const DimensionSeries& series) const;
  /// Ticks at the first and at every quarter, as under the sliders.
  void fitDimensionAxis(int first);
  /// Targets in the order drawn, and what the figures are worth.
  [[nodiscard]] std::vector<LegendEntry> targetLegend() const;
  [[nodiscard]] QPen linePen(const DimensionSeries& series, bool dropped) const;
  [[nodiscard]] int greatestDim() const;

  DimensionsChartData data_;

 private:
  std::optional<Target> grabbed_;
};

}  // namespace kvloupe
