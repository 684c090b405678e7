// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/layer_summary.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "analysis/spread.hpp"

namespace kvloupe {
namespace {

std::optional<OverLayers> overLayers(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  return OverLayers{.mean = std::accumulate(values.begin(), values.end(), 0.0) /
                            static_cast<double>(values.size()),
                    .median = percentile(values, 50),
                    .max = *std::max_element(values.begin(), values.end())};
}

void take(std::vector<double>& values, const std::optional<double>& figure) {
  if (figure && std::isfinite(*figure)) values.push_back(*figure);
}

TapSummary summary(const Analysis& analysis, Tap tap) {
  std::vector<double> spread, robust, sigma;
  for (const TapStatistics& t : analysis.taps) {
    if (t.tap != tap) continue;
    take(spread, t.joined.spread);
    take(robust, t.joined.robustSpread);
    if (t.joined.spread) take(sigma, t.joined.meanSigma);
  }
  return {.tap = tap,
          .spread = overLayers(spread),
          .robustSpread = overLayers(robust),
          .meanSigma = overLayers(sigma)};
}

}  // namespace

void summariseLayers(Analysis& analysis, bool mla) {
  analysis.summaries.clear();
  analysis.kvRatios.clear();
  for (std::size_t t = 0; t < kTapNames.size(); ++t) {
    const Tap tap = static_cast<Tap>(t);
    if (std::any_of(analysis.taps.begin(), analysis.taps.end(),
                    [&](const TapStatistics& s) { return s.tap == tap; }))
      analysis.summaries.push_back(summary(analysis, tap));
  }
  for (const TapStatistics& key : analysis.taps) {
    const bool isKey =
        key.tap == Tap::KPrebias || key.tap == Tap::K || (key.tap == Tap::KRope && !mla);
    const TapStatistics* value = isKey ? analysis.find(key.layer, Tap::V) : nullptr;
    if (value == nullptr || !key.joined.spread || !value->joined.spread) continue;
    const double ratio = *key.joined.spread / *value->joined.spread;
    if (std::isfinite(ratio)) analysis.kvRatios.push_back({key.layer, key.tap, ratio});
  }
}

}  // namespace kvloupe
