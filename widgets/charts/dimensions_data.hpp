// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>
#include <utility>
#include <vector>

#include "charts/layers_data.hpp"

namespace kvloupe {

/// What a person chose to see of one layer.
struct DimensionsSelection {
  int layer = 0;
  std::optional<int> head = 0;               // absent: heads joined
  std::vector<std::pair<Target, Tap>> taps;  // in the order drawn; empty: the cache's own
  bool sorted = true;                        // largest sigma first; else as stored
  bool log = true;

  friend bool operator==(const DimensionsSelection&, const DimensionsSelection&) = default;
};

/// One target of a layer and head. Dimensions dropped by the plan are those beyond its rank.
struct DimensionSeries {
  Target target = Target::K;
  QString name;               // "K"
  QString tapLabel;           // "k_rope"
  std::vector<double> sigma;  // in the order drawn
  std::vector<int> stored;    // the dimension that each of them is in the cache
  std::optional<double> spread;
  std::vector<double> share;   // eigenvalues, descending, of their sum; empty for joined heads
  std::vector<double> energy;  // energy[r - 1]: share of the first r together
  int rank95 = 0;              // 0 where undefined
  double participation = 0;
  std::optional<int> rank;  // that the plan keeps; absent where it cannot be drawn here

  [[nodiscard]] int dim() const { return static_cast<int>(sigma.size()); }
};

/// What the charts of one layer and head draw.
struct DimensionsChartData {
  QString modelName;
  ModelSlot slot = ModelSlot::A;
  int layer = 0;
  std::optional<int> head;
  std::vector<DimensionSeries> series;
  bool sorted = true;
  bool log = true;
  BarState state = BarState::Measured;
  QString sigmaSubtitle, spectrumSubtitle;
};

/// The rank that a plan keeps of a target.
struct PlanRank {
  Target target = Target::V;
  Tap tap = Tap::V;
  int rank = 0;
};

/// `ranks` are those of the plan; one is drawn where its tap is the one shown and a single head is
/// chosen.
[[nodiscard]] DimensionsChartData dimensionsData(const ModelInfo& model, const Analysis& analysis,
                                                 const DimensionsSelection& selection,
                                                 const std::vector<PlanRank>& ranks,
                                                 BarState state = BarState::Measured,
                                                 ModelSlot slot = ModelSlot::A);

/// Sigma of every layer and head, one panel a target.
struct SigmaMapData {
  struct Row {
    int layer = 0;
    int head = 0;
    std::vector<double> sigma;  // as stored
  };
  struct Panel {
    Target target = Target::K;
    QString tapLabel;
    int dim = 0;
    std::vector<Row> rows;
  };
  QString subtitle;
  std::vector<Panel> panels;
  bool log = true;
  std::optional<std::pair<int, int>> selected;  // layer and head; the head -1: all of the layer
};

[[nodiscard]] SigmaMapData sigmaMapData(const ModelInfo& model, const Analysis& analysis,
                                        const DimensionsSelection& selection);

}  // namespace kvloupe
