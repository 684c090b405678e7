// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "charts/chart_plot.hpp"

namespace kvloupe {

/// What a chart draws itself, with smooth edges.
class ChartLayer : public QCPLayerable {
 public:
  explicit ChartLayer(ChartPlot* plot, const QString& layer = QStringLiteral("main"))
      : QCPLayerable(plot, layer) {}

 protected:
  void applyDefaultAntialiasingHint(QCPPainter* painter) const override {
    painter->setAntialiasing(true);
  }
};

}  // namespace kvloupe
