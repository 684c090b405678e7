// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <optional>
#include <vector>

#include "charts/chart_frame.hpp"
#include "controls/badge.hpp"
#include "controls/figure_state.hpp"
#include "types/evaluation.hpp"

namespace kvloupe {

class PlanScatter;

struct PlanPlaneData {
  struct Point {
    double cacheRatio = 1;
    double deltaPplPercent = 0;
    std::optional<Interval> interval;
    DataRole role = DataRole::V;
    ModelSlot slot = ModelSlot::A;
    FigureState state = FigureState::Measured;
    QString spec;  // "v:rank=24"
    QString protocol;
    int context = 0;
    std::int64_t tokens = 0;  // scored
  };
  /// Where the sliders stand; a point without measurement has only a ratio.
  struct Current {
    double cacheRatio = 1;
    std::optional<double> deltaPplPercent;
    FigureState state = FigureState::Measured;
  };
  std::vector<Point> points;
  std::optional<Current> current;
  std::vector<double> budgets = {1, 3, 5};
};

/// The point of a measured plan.
[[nodiscard]] PlanPlaneData::Point planPoint(const Evaluation& evaluation,
                                             ModelSlot slot = ModelSlot::A);

/// The least ΔPPL that is reached at each ratio or a larger one, as the corners (ratio, percent) of
/// a step line that starts at 1×; between two plans the worse ΔPPL holds. Measured plans alone.
[[nodiscard]] std::vector<QPointF> bestFront(const std::vector<PlanPlaneData::Point>& points);

/// Every plan measured so far, cache ratio against ΔPPL.
class PlanPlaneChart : public ChartFrame {
  Q_OBJECT

 public:
  /// A point as it is drawn.
  struct Mark {
    QPointF position;  // the plot's pixels, on the edge where out of range
    bool outOfRange = false;
    bool below = false;  // out of range downwards
    int index = 0;       // into data().points
  };

  explicit PlanPlaneChart(QWidget* parent = nullptr);
  ~PlanPlaneChart() override;

  void setData(PlanPlaneData data);
  [[nodiscard]] const PlanPlaneData& data() const { return data_; }
  void clear();
  [[nodiscard]] std::vector<Mark> marks() const;
  [[nodiscard]] std::vector<QStringList> csvRows() const override;

 signals:
  void planClicked(int index);

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void fitAxes() override;
  void applyColors() override;
  [[nodiscard]] bool isEmpty() const override;
  [[nodiscard]] int markAt(const QPointF& position) const override;
  [[nodiscard]] int markCount() const override;
  void openMark(int mark) override;
  [[nodiscard]] bool opensMarks() const override { return true; }
  [[nodiscard]] TipText tipFor(int mark) const override;
  [[nodiscard]] QRectF markRect(int mark) const override;

 private:
  friend class PlanScatter;
  void nameMeasured();
  void refreshLegend();

  PlanPlaneData data_;
  PlanScatter* scatter_;
};

}  // namespace kvloupe
