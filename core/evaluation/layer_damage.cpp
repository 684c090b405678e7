// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/layer_damage.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "evaluation/clustered_mean.hpp"

namespace kvloupe {

LayerDamage::LayerDamage(WindowScorer& scorer, std::vector<LayerTransform> transforms,
                         std::vector<WindowDamage> known)
    : scorer_(scorer), transforms_(std::move(transforms)), known_(std::move(known)) {
  const std::size_t size = transforms_.size();
  std::erase_if(known_, [&](const WindowDamage& window) {
    return window.deltaNll.size() != size || window.kl.size() != size ||
           window.sameTop1.size() != size;
  });
}

void LayerDamage::add(std::size_t window, const std::stop_token& stop,
                      const std::function<void(double part)>& measured) {
  const std::int64_t tokens = scorer_.windows()[window].scored();
  const auto known = std::ranges::find_if(known_, [&](const WindowDamage& before) {
    return before.window == int(window) && before.tokens == tokens;
  });
  if (known != known_.end()) {
    windows_.push_back(*known);
    return;
  }
  WindowDamage sums{
      .window = int(window), .tokens = tokens, .deltaNll = {}, .kl = {}, .sameTop1 = {}};
  const auto passed = [&](std::size_t count) {
    if (measured) measured(double(count) / double(transforms_.size()));
  };
  const auto take = [&](std::size_t i, const TokenComparison& seen) {
    if (i == 0)
      sums.baselineNll = std::accumulate(seen.baselineNll.begin(), seen.baselineNll.end(), 0.0);
    double delta = 0;
    for (std::size_t t = 0; t < seen.nll.size(); ++t)
      delta += double(seen.nll[t]) - double(seen.baselineNll[t]);
    sums.deltaNll.push_back(delta);
    sums.kl.push_back(std::accumulate(seen.kl.begin(), seen.kl.end(), 0.0));
    sums.sameTop1.push_back(
        std::accumulate(seen.sameTop1.begin(), seen.sameTop1.end(), std::int64_t{0}));
  };
  scorer_.compareLayers(window, transforms_, stop, passed, take);
  windows_.push_back(std::move(sums));
}

void LayerDamage::fill(std::size_t index, SensitivityCell& cell) const {
  std::vector<WindowSum> sums;
  double kl = 0, sameTop1 = 0, tokens = 0;
  for (const WindowDamage& window : windows_) {
    sums.push_back({window.tokens, window.deltaNll[index]});
    kl += window.kl[index];
    sameTop1 += double(window.sameTop1[index]);
    tokens += double(window.tokens);
  }
  if (tokens == 0) return;
  const ClusteredMean delta = clusteredMean(sums);
  cell.deltaNll = delta.mean;
  cell.deltaPplPercent = 100 * std::expm1(delta.mean);
  cell.deltaNllInterval.reset();
  cell.interval.reset();
  if (delta.halfWidth) {
    cell.deltaNllInterval = {delta.mean - *delta.halfWidth, delta.mean + *delta.halfWidth};
    cell.interval = {100 * std::expm1(delta.mean - *delta.halfWidth),
                     100 * std::expm1(delta.mean + *delta.halfWidth)};
  }
  cell.klMean = kl / tokens;
  cell.top1Agreement = sameTop1 / tokens;
}

double LayerDamage::baselinePpl() const {
  std::vector<WindowSum> sums;
  for (const WindowDamage& window : windows_) sums.push_back({window.tokens, window.baselineNll});
  return std::exp(clusteredMean(sums).mean);
}

}  // namespace kvloupe
