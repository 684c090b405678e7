// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "compression/low_rank.hpp"
#include "compression/quantize/rounding.hpp"
#include "model/attention_weights.hpp"
#include "model/rope.hpp"
#include "types/model_info.hpp"
#include "types/plan.hpp"

namespace kvloupe {

/// Calibration moments of a layer and tap.
using MomentsOf = std::function<const Moments&(int layer, Tap tap)>;

/// What chains are fitted on: moments of the uncompressed model over a calibration text and, for
/// bases that weigh errors by the model, its weights and the rotary angles of every distance.
struct FitSource {
  ModelInfo model;
  MomentsOf momentsOf;
  std::function<AttentionWeights(int layer)> weightsOf = {};
  std::function<RopeAngles(int layer)> anglesOf = {};
};

/// A tap whose moments a chain is fitted on, with the covariance of the joined heads or without.
struct FittedTap {
  Tap tap = Tap::V;
  bool joined = false;
};
[[nodiscard]] std::vector<FittedTap> fittedTaps(const Chain& chain, Target target);

/// Bases of one calibration text. Each is decomposed once, when it is first asked for or after its
/// moments counted more tokens; every rank of it is a slice. Not thread-safe.
class FittedBases {
 public:
  explicit FittedBases(FitSource source) : source_(std::move(source)) {}

  /// The basis of a chain with a rank. Throws what the fits in low_rank.hpp throw.
  [[nodiscard]] LowRankMap map(int layer, Target target, const Chain& chain);
  /// What a chain is centred on, [groups, 1, d]: 0 at tap k_prebias, whose centre is the bias.
  [[nodiscard]] at::Tensor mean(int layer, const Chain& chain) const;

  /// What a chain stores of the calibration text at most and at least, [groups]; empty until it was
  /// observed and kept.
  [[nodiscard]] std::vector<rounding::Range> ranges(int layer, const Chain& chain) const;
  void keepRanges(int layer, const Chain& chain, std::vector<rounding::Range> ranges);

 private:
  struct Entry {
    std::int64_t tokens = 0;
    LowRankMap full;
  };
  [[nodiscard]] LowRankMap fit(int layer, Target target, const Chain& chain) const;
  [[nodiscard]] std::vector<Eigen::MatrixXd> metric(int layer, Target target,
                                                    const Chain& chain) const;

  struct KnownRanges {
    int layer;
    Chain chain;
    std::vector<rounding::Range> ranges;
  };

  FitSource source_;
  std::vector<KnownRanges> ranges_;
  std::map<std::tuple<int, Tap, Scope, Basis, std::uint64_t>, Entry> entries_;
};

}  // namespace kvloupe
