// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <stop_token>
#include <utility>

#include "compression/fitted_bases.hpp"
#include "compression/fitted_chain.hpp"
#include "model/cache_transform.hpp"
#include "model/tap_observer.hpp"
#include "types/model_info.hpp"
#include "types/plan.hpp"

namespace kvloupe {

/// A plan with all that was fitted for it. It touches no layer and tap but those that the plan
/// names: where the plan is the identity the model computes as if there were none, bit for bit.
class PlanTransform final : public CacheTransform {
 public:
  /// Throws what the fits throw, and Cancelled between two of them.
  PlanTransform(const Plan& plan, const ModelInfo& model, FittedBases& bases,
                std::stop_token stop = {});

  [[nodiscard]] bool touches(int layer, Tap tap) const override;
  [[nodiscard]] at::Tensor apply(int layer, Tap tap, const at::Tensor& values) const override;
  [[nodiscard]] std::int64_t residual(int layer, Tap tap) const override;

  /// Every chain by layer and tap.
  [[nodiscard]] std::map<std::pair<int, Tap>, FittedChain>& chains() { return chains_; }

  /// What the chains were fitted with, "layers.LAYER.TARGET." before each name of
  /// FittedChain::tensors. `plan` is the one that this was made of.
  [[nodiscard]] std::vector<PlanTensor> tensors(const Plan& plan) const;

 private:
  std::map<std::pair<int, Tap>, FittedChain> chains_;
};

/// Ranges of what the chains of a plan store, for scales of a tensor: it observes the uncompressed
/// model over the calibration text, once the plan's bases are fitted.
class TensorRanges final : public TapObserver {
 public:
  TensorRanges(PlanTransform& transform, FittedBases& bases)
      : transform_(transform), bases_(bases) {}

  /// Whether there is anything to observe.
  [[nodiscard]] bool wanted() const;
  [[nodiscard]] bool wants(int layer, Tap tap) const override;
  void observe(int layer, Tap tap, const at::Tensor& values) override;
  /// Tells the chains what was seen, and keeps it with the bases.
  void finish();

 private:
  PlanTransform& transform_;
  FittedBases& bases_;
  std::map<std::pair<int, Tap>, std::vector<rounding::Range>> ranges_;
};

}  // namespace kvloupe
