// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "charts/layers_data.hpp"
#include "workspace/slot_state.hpp"

namespace kvloupe {

class LayersChart;
class LayersTools;
class Workspace;

/// How much an analysis is worth at the moment.
[[nodiscard]] BarState analysisState(const Workspace& workspace, Slot slot);

/// K and V bars of every layer of the active model, growing while text streams.
class LayersPage : public QWidget {
  Q_OBJECT

 public:
  explicit LayersPage(Workspace* workspace, QWidget* parent = nullptr);

  [[nodiscard]] LayersChart* chart() const { return chart_; }
  [[nodiscard]] LayersTools* tools() const { return tools_; }

 private:
  void refresh();
  [[nodiscard]] QString emptyText() const;

  Workspace* workspace_;
  LayersTools* tools_;
  LayersChart* chart_;
};

}  // namespace kvloupe
