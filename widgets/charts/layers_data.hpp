// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "controls/badge.hpp"
#include "theme/palette.hpp"
#include "types/analysis.hpp"
#include "types/model_info.hpp"
#include "types/plan.hpp"

namespace kvloupe {

enum class LayersMetric : std::uint8_t {
  Spread,
  RobustSpread,
  MeanSigma,
  Rank95,
  Participation,
  KvRatio,
  BOverA,  // of two models, not chosen for one
};

/// "Spread", "Robust spread", "Mean σ", "rank_95", "Participation", "K/V ratio".
[[nodiscard]] QString metricName(LayersMetric metric);
/// The same for files and lessons, in every language: "spread".
[[nodiscard]] QString metricKey(LayersMetric metric);

enum class BarState : std::uint8_t { Measured, Measuring, Stale };

/// Everything that the layers chart draws.
struct LayersChartData {
  struct Series {
    Target target = Target::K;
    std::optional<DataRole> role;  // the colour, where it is not the target's
    QString name;                  // legend: "K"
    QString tapLabel;              // "k_rope"
    int dimensions = 0;
    std::vector<std::optional<double>> value;       // one a layer; absent: undefined
    std::vector<std::optional<Interval>> whisker;   // one a layer, or empty
    std::vector<bool> notToldFromNoise;             // one a layer, or empty
    std::vector<BarState> state;                    // one a layer
    std::vector<std::optional<NoiseFloor>> floors;  // for the tokens counted; one a layer, or empty

    [[nodiscard]] DataRole dataRole() const { return role.value_or(kvloupe::dataRole(target)); }
  };
  /// Words over a run of layers: "Layers 3 to 5", "waiting; last run shown".
  struct Note {
    int firstLayer = 0, lastLayer = 0;
    QString title, text;
  };
  QString modelName;
  ModelSlot slot = ModelSlot::A;
  std::vector<int> layers;  // numbers on the axis, from 0
  std::vector<Series> series;
  /// The band that is drawn, one a layer, or empty: from 1 to p97_5; the legend gives the median.
  std::vector<std::optional<NoiseFloor>> noise;
  std::vector<Note> notes;
  LayersMetric metric = LayersMetric::Spread;
  QString title, subtitle, axisLabel;
  QString briefSubtitle;  // without the model, for half a page
  bool ratio = true;      // the axis starts at 1× and labels carry ×; else at 0
  bool log = true;
  /// Values that the axis has to reach beside its own: those of a chart that is read together.
  std::optional<Interval> reach;
  bool showWhiskers = true;
  bool explainWhiskers = true;  // in the legend; not where a chart beside it does
  std::int64_t tokens = 0;
};

/// What a person chose to see.
struct LayersSelection {
  LayersMetric metric = LayersMetric::Spread;
  std::vector<std::pair<Target, Tap>> taps;  // in the order drawn, K first; empty: the cache's own
  std::optional<int> head;                   // absent: heads joined
  bool log = true;
  bool noiseFloor = true;
};

/// The taps that a model's cache is described by: K after RoPE and V; in MLA latent and rotary key.
[[nodiscard]] std::vector<std::pair<Target, Tap>> defaultTaps(const ModelInfo& model);

/// Builds the chart of an analysis. `state` is that of the whole analysis: Measuring while it
/// streams, Stale where inputs changed since. A layer or head that is absent has no value.
[[nodiscard]] LayersChartData layersChartData(const ModelInfo& model, const Analysis& analysis,
                                              const LayersSelection& selection,
                                              BarState state = BarState::Measured,
                                              ModelSlot slot = ModelSlot::A);

}  // namespace kvloupe
