// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/plan_transform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "common/progress.hpp"

namespace kvloupe {

PlanTransform::PlanTransform(const Plan& plan, const ModelInfo& model, FittedBases& bases,
                             std::stop_token stop) {
  for (const auto& [where, chain] : plan.chains) {
    throwIfStopped(stop);
    const auto [layer, target] = where;
    chains_.insert_or_assign({layer, chain.tap}, FittedChain(chain, layer, target, model, bases));
  }
}

bool PlanTransform::touches(int layer, Tap tap) const { return chains_.contains({layer, tap}); }

at::Tensor PlanTransform::apply(int layer, Tap tap, const at::Tensor& values) const {
  return chains_.at({layer, tap}).apply(values);
}

std::int64_t PlanTransform::residual(int layer, Tap tap) const {
  const auto found = chains_.find({layer, tap});
  return found == chains_.end() ? 0 : found->second.chain().residual;
}

std::vector<PlanTensor> PlanTransform::tensors(const Plan& plan) const {
  std::vector<PlanTensor> result;
  for (const auto& [where, chain] : plan.chains) {
    const auto [layer, target] = where;
    std::vector<PlanTensor> own =
        chains_.at({layer, chain.tap})
            .tensors(fmt::format("layers.{}.{}.", layer, targetName(target)));
    std::move(own.begin(), own.end(), std::back_inserter(result));
  }
  return result;
}

bool TensorRanges::wanted() const {
  return std::any_of(transform_.chains().begin(), transform_.chains().end(),
                     [](const auto& entry) { return entry.second.needsRanges(); });
}

bool TensorRanges::wants(int layer, Tap tap) const {
  const auto found = transform_.chains().find({layer, tap});
  return found != transform_.chains().end() && found->second.needsRanges();
}

void TensorRanges::observe(int layer, Tap tap, const at::Tensor& values) {
  transform_.chains().at({layer, tap}).widenRanges(ranges_[{layer, tap}], values);
}

void TensorRanges::finish() {
  for (auto& [where, ranges] : ranges_) {
    FittedChain& chain = transform_.chains().at(where);
    bases_.keepRanges(where.first, chain.chain(), ranges);
    chain.setRanges(std::move(ranges));
  }
  ranges_.clear();
}

}  // namespace kvloupe
