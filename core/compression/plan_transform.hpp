// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <stop_token>
#include <utility>

#include "compression/low_rank.hpp"
#include "compression/pca_bases.hpp"
#include "model/cache_transform.hpp"
#include "types/plan.hpp"

namespace kvloupe {

/// A plan with its fitted bases. It touches no layer and tap but those that the plan names: where
/// the plan is the identity the model computes as if there were none, bit for bit.
class PlanTransform final : public CacheTransform {
 public:
  /// Throws what fitPca throws, and Cancelled between two decompositions.
  PlanTransform(const Plan& plan, PcaBases& bases, std::stop_token stop = {});
  /// With bases of its own, decomposed here.
  PlanTransform(const Plan& plan, MomentsOf momentsOf, std::stop_token stop = {});

  [[nodiscard]] bool touches(int layer, Tap tap) const override;
  [[nodiscard]] at::Tensor apply(int layer, Tap tap, const at::Tensor& values) const override;

 private:
  std::map<std::pair<int, Tap>, LowRankMap> maps_;
};

}  // namespace kvloupe
