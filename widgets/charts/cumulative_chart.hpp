// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "charts/sensitivity_map.hpp"

namespace kvloupe {

/// The cost of compressing more and more layers, the most tolerant first: the sum of the single
/// layers as a dashed line, what was measured as marks.
class CumulativeChart : public ChartFrame {
  Q_OBJECT

 public:
  explicit CumulativeChart(QWidget* parent = nullptr);
  ~CumulativeChart() override;

  void setData(SensitivityView view);
  [[nodiscard]] const SensitivityView& view() const { return view_; }
  [[nodiscard]] std::vector<QStringList> csvRows() const override;

  /// A column's name and last figure, and where they stand; none on another.
  struct End {
    DataRole role;
    QString words;
    QRectF place;
  };
  [[nodiscard]] std::vector<End> ends() const;

 protected:
  void fitAxes() override;
  [[nodiscard]] bool isEmpty() const override;
  [[nodiscard]] int markAt(const QPointF& position) const override;
  [[nodiscard]] int markCount() const override;
  [[nodiscard]] TipText tipFor(int mark) const override;
  [[nodiscard]] QRectF markRect(int mark) const override;

 private:
  class Curves;
  [[nodiscard]] const CumulativePoint& point(int mark) const;
  /// How many layers are compressed at a point: those of its column up to it.
  [[nodiscard]] int layersOf(const CumulativePoint& point) const;
  [[nodiscard]] QPointF pixel(const CumulativePoint& point, double percent) const;

  SensitivityView view_;
  Curves* curves_;
};

}  // namespace kvloupe
