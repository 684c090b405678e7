// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "charts/chart_frame.hpp"
#include "charts/color_scale.hpp"
#include "charts/dimensions_data.hpp"

namespace kvloupe {

/// Heat map of sigma: a row a layer and head, a panel a target, one colour scale.
class SigmaMap : public ChartFrame {
  Q_OBJECT

 public:
  explicit SigmaMap(QWidget* parent = nullptr);
  ~SigmaMap() override;

  void setData(SigmaMapData data);
  [[nodiscard]] const SigmaMapData& data() const { return data_; }
  void clear() { setData({}); }
  [[nodiscard]] const ColorScale& scale() const { return scale_; }
  /// Of a panel's row, in the plot's pixels.
  [[nodiscard]] QRectF rowRect(int panel, int row) const;
  [[nodiscard]] std::vector<QStringList> csvRows() const override;

 signals:
  void headClicked(int layer, int head);

 protected:
  void fitAxes() override;
  void applyColors() override;
  [[nodiscard]] bool isEmpty() const override { return data_.panels.empty(); }
  [[nodiscard]] int markAt(const QPointF& position) const override;
  [[nodiscard]] int markCount() const override;
  void openMark(int mark) override;
  [[nodiscard]] bool opensMarks() const override { return true; }
  [[nodiscard]] int markAfter(int mark, bool next) const override;
  [[nodiscard]] TipText tipFor(int mark) const override;
  [[nodiscard]] QRectF markRect(int mark) const override;
  /// Of every layer and head: its largest and its smallest sigma.
  [[nodiscard]] std::vector<QStringList> spokenRows() const override;

 private:
  class Cells;
  class PanelTicker;
  /// A cell: panel, row, dimension.
  struct Place {
    int panel = 0, row = 0, dimension = 0;
  };
  void refreshLegend();
  [[nodiscard]] std::optional<Place> placeOf(int mark) const;
  [[nodiscard]] int markOf(const Place& place) const;
  /// Where a panel's first dimension stands on the axis; panels are laid side by side.
  [[nodiscard]] double panelStart(int panel) const;
  [[nodiscard]] double gap() const;
  [[nodiscard]] int rows() const;

  SigmaMapData data_;
  ColorScale scale_;
  Cells* cells_;
};

}  // namespace kvloupe
