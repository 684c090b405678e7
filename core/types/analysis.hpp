// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "types/interval.hpp"
#include "types/stored_moments.hpp"
#include "types/tap.hpp"

namespace kvloupe {

/// What independent, equal-variance Gaussian tokens would read as spread.
struct NoiseFloor {
  double tokens = 0;  // for which it holds: counted tokens, or n_eff
  double median = 1;
  double p97_5 = 1;
};

/// Statistics of a set of dimensions: one KV head, or all heads of a layer joined.
/// A spread is absent where it is undefined: fewer than two tokens, or no variance at all.
struct SpreadStatistics {
  std::vector<double> sigma;               // unbiased standard deviation per dimension, as stored
  double meanSigma = 0;                    // over the dimensions
  std::optional<double> spread;            // max sigma / max(min sigma, 1e-8)
  std::optional<double> robustSpread;      // p95 / p5 of sigma, linear percentiles
  std::optional<Interval> spreadInterval;  // jackknife of log spread; absent under 8 windows
  bool notToldFromNoise = false;  // within twice the floor's excess over 1: no interval is given
  NoiseFloor noiseFloor;          // for the tokens counted
  std::optional<NoiseFloor> effectiveNoiseFloor;  // for n_eff tokens: the band that is drawn
};

struct HeadStatistics : SpreadStatistics {
  std::vector<double> mean, min, max;      // per dimension, finite values only
  std::vector<std::int64_t> nonfinite;     // per dimension
  std::vector<double> eigenvalues;         // of the covariance, descending
  int rank90 = 0, rank95 = 0, rank99 = 0;  // least r with energy(r) >= tau; 0 where undefined
  double participation = 0;                // (sum l)^2 / sum l^2; 0 where undefined
};

/// One layer and tap.
struct TapStatistics {
  int layer = 0;
  Tap tap = Tap::K;
  std::int64_t tokens = 0;
  std::int64_t nonfinite = 0;
  std::vector<HeadStatistics> heads;
  SpreadStatistics joined;  // over the concatenated heads
};

/// One figure over all layers of a tap that have it.
struct OverLayers {
  double mean = 0, median = 0, max = 0;
};

/// One tap over the layers: of the concatenated heads; absent where no layer has the figure.
struct TapSummary {
  Tap tap = Tap::K;
  std::optional<OverLayers> spread, robustSpread, meanSigma;
};

/// spread(K) / spread(V) of a layer, both of the concatenated heads.
struct KvRatio {
  int layer = 0;
  Tap keyTap = Tap::K;  // k_prebias, k, k_rope (not in MLA, where that is another key)
  double ratio = 1;
};

struct TextInfo {
  std::string name;  // file name, or "demo calibration"
  std::string path;
  std::string sha256;
  std::int64_t tokens = 0;  // of the whole text
  std::int64_t bytes = 0;   // likewise, as UTF-8
};

/// Statistics of one text that streamed through a model; partial while it streams.
struct Analysis {
  TextInfo text;
  int context = 0;
  int skip = 0;             // tokens left out at the start of each window
  std::int64_t tokens = 0;  // that streamed so far (skipped ones included)
  std::int64_t tokensPlanned = 0;
  int windows = 0;
  int windowsPlanned = 0;
  std::vector<TapStatistics> taps;    // layer by layer, in each the order of `Tap`
  std::vector<TapSummary> summaries;  // in the order of `Tap`
  std::vector<KvRatio> kvRatios;      // layer by layer; empty without V and a K
  // Kept where asked for, and by shards; else empty.
  std::vector<StoredMoments> moments;        // one a tap, in their order
  std::vector<std::uint8_t> windowMeasured;  // one a planned window; 1: its tokens are in them

  [[nodiscard]] bool complete() const { return windows == windowsPlanned; }
  [[nodiscard]] const TapStatistics* find(int layer, Tap tap) const {
    for (const TapStatistics& t : taps)
      if (t.layer == layer && t.tap == tap) return &t;
    return nullptr;
  }
};

}  // namespace kvloupe
