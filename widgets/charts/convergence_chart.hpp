// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <cstdint>
#include <vector>

#include "charts/chart_frame.hpp"
#include "controls/figure_state.hpp"
#include "types/evaluation.hpp"

namespace kvloupe {

struct ConvergenceData {
  DataRole role = DataRole::V;  // of what the plan compresses
  std::vector<ConvergencePoint> points;
  std::int64_t tokensPlanned = 0;
  std::vector<double> budgets;  // percent; the ones drawn
  FigureState state = FigureState::Measured;
};

/// What a plan compresses, as a colour. Neither for the identity.
[[nodiscard]] DataRole planRole(const std::vector<CompressionSpec>& specs);

/// ΔPPL against the tokens evaluated, with its 95 % band.
class ConvergenceChart : public ChartFrame {
  Q_OBJECT

 public:
  explicit ConvergenceChart(QWidget* parent = nullptr);
  ~ConvergenceChart() override;

  void setData(ConvergenceData data);
  [[nodiscard]] const ConvergenceData& data() const { return data_; }
  /// Keeps the axes.
  void clear();
  [[nodiscard]] std::vector<QStringList> csvRows() const override;

 protected:
  [[nodiscard]] std::vector<QStringList> spokenRows() const override;
  void fitAxes() override;
  [[nodiscard]] bool isEmpty() const override;
  [[nodiscard]] int markAt(const QPointF& position) const override;
  [[nodiscard]] int markCount() const override;
  [[nodiscard]] TipText tipFor(int mark) const override;
  [[nodiscard]] QRectF markRect(int mark) const override;

 private:
  [[nodiscard]] std::vector<QStringList> everyNth(std::size_t stride) const;
  class Curve;
  friend class Curve;

  ConvergenceData data_;
  Curve* curve_;
  Interval reach_;  // of what has settled; the axes grow while a plan is measured
};

}  // namespace kvloupe
