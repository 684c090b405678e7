// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/layer_damage.hpp"

#include <cmath>

namespace kvloupe {

void LayerDamage::add(const TokenComparison& tokens) {
  WindowSum delta{std::int64_t(tokens.nll.size()), 0};
  for (std::size_t i = 0; i < tokens.nll.size(); ++i) {
    delta.sum += double(tokens.nll[i]) - double(tokens.baselineNll[i]);
    kl_ += double(tokens.kl[i]);
    sameTop1_ += tokens.sameTop1[i];
  }
  tokens_ += double(tokens.nll.size());
  deltaNll_.push_back(delta);
}

void LayerDamage::fill(SensitivityCell& cell) const {
  if (tokens_ == 0) return;
  const ClusteredMean delta = clusteredMean(deltaNll_);
  cell.deltaNll = delta.mean;
  cell.deltaPplPercent = 100 * std::expm1(delta.mean);
  cell.deltaNllInterval.reset();
  cell.interval.reset();
  if (delta.halfWidth) {
    cell.deltaNllInterval = {delta.mean - *delta.halfWidth, delta.mean + *delta.halfWidth};
    cell.interval = {100 * std::expm1(delta.mean - *delta.halfWidth),
                     100 * std::expm1(delta.mean + *delta.halfWidth)};
  }
  cell.klMean = kl_ / tokens_;
  cell.top1Agreement = sameTop1_ / tokens_;
}

}  // namespace kvloupe
