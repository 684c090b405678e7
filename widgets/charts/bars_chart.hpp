// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "charts/chart_frame.hpp"
#include "charts/color_scale.hpp"
#include "types/interval.hpp"

namespace kvloupe {

/// One bar, standing on 0.
struct Bar {
  enum class Look : std::uint8_t {
    Filled,
    Outlined,
    Scaled,  // in the colour of `shade`
  };
  double from = 0, to = 1;  // on the horizontal axis
  double value = 0;
  std::optional<Interval> interval = {};
  Look look = Look::Filled;
  double shade = 0;
  TipText tip = {};
  QStringList csv = {};  // its row of the table
};

/// What a chart of bars draws.
struct BarsData {
  QString title, subtitle, xLabel, yLabel;
  QString filled = {}, outlined = {};  // what the two looks stand for, where both are there
  std::vector<Bar> bars = {};
  std::vector<std::pair<double, QString>> names = {};  // at the axis; empty: numbers
  bool signedX = false;                                // numbers at the axis carry their sign
  bool counts = false;                                 // logarithmic, from 1
  std::optional<Interval> reach = {};  // values that the axis has to hold beside its own
  ColorScale scale = {};               // of shades
  int selected = -1;                   // bar
  bool stale = false;
  bool opens = false;  // a click on a bar does something
  QStringList csvHead = {};
};

/// Bars over names or numbers, with intervals; the small charts beside attention and text.
class BarsChart : public ChartFrame {
  Q_OBJECT

 public:
  explicit BarsChart(QWidget* parent = nullptr);
  ~BarsChart() override;

  void setData(BarsData data);
  [[nodiscard]] const BarsData& data() const { return data_; }
  /// In the plot's pixels.
  [[nodiscard]] QRectF barRect(int bar) const;
  [[nodiscard]] std::vector<QStringList> csvRows() const override;

 signals:
  void barClicked(int bar);

 protected:
  void fitAxes() override;
  void applyColors() override;
  [[nodiscard]] bool isEmpty() const override { return data_.bars.empty(); }
  [[nodiscard]] int markAt(const QPointF& position) const override;
  [[nodiscard]] int markCount() const override { return static_cast<int>(data_.bars.size()); }
  void openMark(int mark) override { emit barClicked(mark); }
  [[nodiscard]] bool opensMarks() const override { return data_.opens; }
  [[nodiscard]] TipText tipFor(int mark) const override;
  [[nodiscard]] QRectF markRect(int mark) const override;

 private:
  class Bars;
  [[nodiscard]] QRectF rectOf(const Bar& bar) const;
  void fitValues();
  void fitNames();
  void refreshLegend();

  BarsData data_;
  Bars* bars_;
};

}  // namespace kvloupe
