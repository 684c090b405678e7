// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/fitted_bases.hpp"

#include <ATen/ops/zeros_like.h>

#include "compression/error_metric.hpp"
#include "compression/plan/resolve.hpp"

namespace kvloupe {
namespace {

/// Where queries are read that score keys of this tap: before their rotation or after it.
Tap queryTap(Tap keyTap) { return keyTap == Tap::KRope ? Tap::QRope : Tap::Q; }

/// The chain without what does not change the ranges of what it stores.
Chain rangeKey(Chain chain) {
  chain.format = Format::Bits16;
  chain.scale = Scale::Token;
  chain.group = kScaleGroup;
  chain.residual = chain.sink = 0;
  return chain;
}

}  // namespace

std::vector<FittedTap> fittedTaps(const Chain& chain, Target target) {
  std::vector<FittedTap> taps;
  if (needsCalibration(chain)) taps.push_back({chain.tap, chain.scope == Scope::Layer});
  if (chain.rank && chain.basis == Basis::Query)
    taps.push_back({target == Target::Latent ? Tap::Q : queryTap(chain.tap), false});
  return taps;
}

std::vector<Eigen::MatrixXd> FittedBases::metric(int layer, Target target,
                                                 const Chain& chain) const {
  const ModelInfo& model = source_.model;
  std::vector<Eigen::MatrixXd> metrics;
  if (target == Target::Latent) {
    const AttentionWeights weights = source_.weightsOf(layer);
    metrics.push_back(chain.basis == Basis::Query
                          ? latentQueryMetric(source_.momentsOf(layer, Tap::Q), weights.expand)
                          : latentOutputMetric(weights.output, weights.expand, model.numHeads));
  } else if (chain.basis == Basis::Output) {
    metrics = outputMetric(source_.weightsOf(layer).output, model.numHeads, model.numKvHeads);
  } else {
    metrics = queryMetric(source_.momentsOf(layer, queryTap(chain.tap)), model.numKvHeads);
    const bool turnsLater = chain.tap != Tap::KRope && model.attention == AttentionKind::Standard;
    if (turnsLater) {
      const RopeAngles angles = source_.anglesOf(layer);
      for (Eigen::MatrixXd& each : metrics) each = averagedOverDistances(each, angles);
    }
  }
  for (Eigen::MatrixXd& each : metrics) each = regularised(std::move(each));
  return metrics;
}

LowRankMap FittedBases::fit(int layer, Target target, const Chain& chain) const {
  const Moments& moments = source_.momentsOf(layer, chain.tap);
  switch (chain.basis) {
    case Basis::Query:
    case Basis::Output:
      return fitWeighted(moments, chain.scope, metric(layer, target, chain));
    case Basis::Random:
      return fitRandom(moments, chain.scope, chain.seed, layer);
    case Basis::Axis:
      return fitAxis(moments, chain.scope);
    case Basis::Pca:
      break;
  }
  return fitPca(moments, chain.scope);
}

LowRankMap FittedBases::map(int layer, Target target, const Chain& chain) {
  const std::int64_t tokens = source_.momentsOf(layer, chain.tap).tokens();
  const std::uint64_t seed = chain.basis == Basis::Random ? chain.seed : 0;
  Entry& entry = entries_[{layer, chain.tap, chain.scope, chain.basis, seed}];
  if (!entry.full.encode.defined() || entry.tokens != tokens) {
    entry = {.tokens = tokens, .full = fit(layer, target, chain)};
    if (chain.tap == Tap::KPrebias) entry.full.mean = at::zeros_like(entry.full.mean);
  }
  return entry.full.truncated(chain.rank.value());
}

at::Tensor FittedBases::mean(int layer, const Chain& chain) const {
  return meanOf(source_.momentsOf(layer, chain.tap), chain.scope);
}

std::vector<rounding::Range> FittedBases::ranges(int layer, const Chain& chain) const {
  const Chain key = rangeKey(chain);
  for (const KnownRanges& known : ranges_)
    if (known.layer == layer && known.chain == key) return known.ranges;
  return {};
}

void FittedBases::keepRanges(int layer, const Chain& chain, std::vector<rounding::Range> ranges) {
  ranges_.push_back({layer, rangeKey(chain), std::move(ranges)});
}

}  // namespace kvloupe
