// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>
#include <QString>
#include <vector>

#include "charts/chart_frame.hpp"
#include "charts/layers_data.hpp"

namespace kvloupe {

class LayerBars;

/// Grouped bars of every layer: K, V, latent and rotary key side by side.
class LayersChart : public ChartFrame {
  Q_OBJECT

 public:
  /// A bar as it is drawn.
  struct Bar {
    int layer = 0;     // its number
    int position = 0;  // index into data().layers
    int series = 0;    // index into data().series
    Target target = Target::K;
    double value = 0;
    BarState state = BarState::Measured;
    QRectF rect;    // the plot's pixels, cut to the axes
    QString label;  // empty where the bar is too narrow
  };

  explicit LayersChart(QWidget* parent = nullptr);
  ~LayersChart() override;

  void setData(LayersChartData data);
  [[nodiscard]] const LayersChartData& data() const { return data_; }
  /// An empty chart: axes and the sentence.
  void clear();
  /// What is drawn at the moment, in drawing order.
  [[nodiscard]] std::vector<Bar> bars() const;
  /// The frame of the bar whose dimensions are shown elsewhere; (-1) none.
  void setSelected(int layer, Target target);
  void clearSelection();
  /// The tooltip's last line where a click leads somewhere: "Click to open its dimensions".
  void setOpenHint(const QString& hint);
  [[nodiscard]] std::vector<QStringList> csvRows() const override;

 signals:
  void barClicked(int layer, kvloupe::Target target);
  void barHovered(int layer, kvloupe::Target target);

 protected:
  void fitAxes() override;
  void applyColors() override;
  [[nodiscard]] bool isEmpty() const override;
  [[nodiscard]] int markAt(const QPointF& position) const override;
  [[nodiscard]] int markCount() const override;
  void setHoveredMark(int mark) override;
  void openMark(int mark) override;
  [[nodiscard]] bool opensMarks() const override { return !openHint_.isEmpty(); }
  [[nodiscard]] TipText tipFor(int mark) const override;
  [[nodiscard]] QRectF markRect(int mark) const override;

 private:
  friend class LayerBars;
  void refreshLegend();
  void setUpAxes();
  [[nodiscard]] QString valueText(double value) const;

  LayersChartData data_;
  LayerBars* painter_;
  QString openHint_;
  int selectedLayer_ = -1;
  Target selectedTarget_ = Target::K;
  double upper_ = 0;  // of the value axis, which grows in steps and does not shrink while measuring
};

}  // namespace kvloupe
