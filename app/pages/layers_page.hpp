// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/page.hpp"

namespace kvloupe {

class LayersChart;
class LayersTools;
class Workspace;

/// K and V bars of every layer of the active model, growing while text streams.
class LayersPage : public Page {
  Q_OBJECT

 public:
  explicit LayersPage(Workspace* workspace, QWidget* parent = nullptr);

  [[nodiscard]] QString name() const override { return tr("Layers"); }
  [[nodiscard]] std::vector<ChartFrame*> charts() const override;
  [[nodiscard]] FigureSheet sheet() const override;
  [[nodiscard]] QString absence() const override;
  [[nodiscard]] QJsonObject view() const override;
  void setView(const QJsonObject& view) override;
  [[nodiscard]] QWidget* toolRow() const override;

  [[nodiscard]] LayersChart* chart() const { return chart_; }
  [[nodiscard]] LayersTools* tools() const { return tools_; }

 signals:
  void layerOpened(int layer);

 private:
  void refresh() override;

  Workspace* workspace_;
  LayersTools* tools_;
  LayersChart* chart_;
};

}  // namespace kvloupe
