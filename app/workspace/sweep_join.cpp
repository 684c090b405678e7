// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/sweep_join.hpp"

#include <algorithm>

namespace kvloupe {

SweepPtr joinSweeps(const Sweep& earlier, const Sweep& later) {
  auto joined = std::make_shared<Sweep>(later);
  const auto indexOf = [&](int plan) {
    if (plan < 0 || plan >= static_cast<int>(earlier.plans.size())) return -1;
    const EvaluationPtr& wanted = earlier.plans[static_cast<std::size_t>(plan)];
    const auto found = std::find(joined->plans.begin(), joined->plans.end(), wanted);
    if (found != joined->plans.end()) return static_cast<int>(found - joined->plans.begin());
    joined->plans.push_back(wanted);
    return static_cast<int>(joined->plans.size()) - 1;
  };
  for (const SweepCurve& curve : earlier.curves) {
    const auto same = [&](const SweepCurve& other) { return other.name == curve.name; };
    const auto found = std::find_if(joined->curves.begin(), joined->curves.end(), same);
    // A curve whose search has only begun does not take the place of a whole one.
    if (found != joined->curves.end() && (!found->safe.empty() || curve.safe.empty())) continue;
    SweepCurve old = curve;
    for (SweepPoint& point : old.points) point.plan = indexOf(point.plan);
    if (found != joined->curves.end())
      *found = std::move(old);
    else
      joined->curves.push_back(std::move(old));
  }
  if (!joined->verdict) joined->verdict = earlier.verdict;
  return joined;
}

const SafeRatio* safeRatioOf(const Sweep& sweep, const std::string& curve, double budgetPercent) {
  for (const SweepCurve& each : sweep.curves) {
    if (each.name != curve) continue;
    for (const SafeRatio& safe : each.safe)
      if (safe.budgetPercent == budgetPercent) return &safe;
  }
  return nullptr;
}

}  // namespace kvloupe
