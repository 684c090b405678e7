// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "controls/figure_state.hpp"
#include "theme/palette.hpp"
#include "types/interval.hpp"

namespace kvloupe {

/// A plan's dPPL on a line, with its 95 % interval and the budgets: to be read from the last row.
class BudgetRuler : public QWidget {
  Q_OBJECT

 public:
  struct Mark {
    double deltaPplPercent = 0;
    std::optional<Interval> interval;  // percent
    DataRole role = DataRole::V;
    FigureState state = FigureState::Measured;
  };

  explicit BudgetRuler(QWidget* parent = nullptr);

  /// Figures that are not finite are left out.
  void setMark(const std::optional<Mark>& mark);
  /// While true the scale stays: the pointer drags a slider.
  void setFrozen(bool frozen);
  [[nodiscard]] const std::optional<Mark>& mark() const { return mark_; }
  /// Ends of the scale, percent; it grows in steps of 1-2-5 and holds 0 and every budget.
  [[nodiscard]] Interval range() const { return range_; }
  [[nodiscard]] static const std::vector<double>& budgets();
  /// Pixel of a dPPL, clamped to the scale.
  [[nodiscard]] double positionOf(double percent) const;

  [[nodiscard]] QSize sizeHint() const override { return {560, 130}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {300, 130}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void fitRange();
  [[nodiscard]] QString spoken() const;
  void paintScale(QPainter& painter, double axis) const;
  void paintMark(QPainter& painter, double axis) const;

  std::optional<Mark> mark_;
  Interval range_{0, 6};
  bool frozen_ = false;
};

}  // namespace kvloupe
