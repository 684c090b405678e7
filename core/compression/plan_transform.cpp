// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/plan_transform.hpp"

#include "common/progress.hpp"

namespace kvloupe {

PlanTransform::PlanTransform(const Plan& plan, PcaBases& bases, std::stop_token stop) {
  for (const auto& [where, step] : plan.steps) {
    throwIfStopped(stop);
    const int layer = where.first;
    maps_.insert_or_assign({layer, step.tap}, bases.map(layer, step.tap, step.scope, step.rank));
  }
}

PlanTransform::PlanTransform(const Plan& plan, MomentsOf momentsOf, std::stop_token stop) {
  PcaBases bases(std::move(momentsOf));
  *this = PlanTransform(plan, bases, std::move(stop));
}

bool PlanTransform::touches(int layer, Tap tap) const { return maps_.contains({layer, tap}); }

at::Tensor PlanTransform::apply(int layer, Tap tap, const at::Tensor& values) const {
  return applyLowRank(maps_.at({layer, tap}), values);
}

}  // namespace kvloupe
