// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/safe_ratio.hpp"

namespace kvloupe {
namespace {

bool passes(const SweepPoint& point, double budget) {
  return point.interval && point.interval->high <= budget;
}

bool fails(const SweepPoint& point, double budget) {
  return point.interval && point.interval->low > budget;
}

/// The least step in (low, high] for which `holds`, which is taken to hold at `high` and beyond
/// and not at `low`.
template <typename Holds>
int firstStep(int low, int high, Holds holds) {
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    (holds(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace

void searchSafeRatio(double budgetPercent, int lastStep, const MeasureStep& measure) {
  if (lastStep < 1) return;
  const auto tooMuch = [&](int step) { return !passes(measure(step), budgetPercent); };
  const auto surely = [&](int step) { return fails(measure(step), budgetPercent); };
  // Step 0 compresses nothing and passes; that the step before the first that does not pass was
  // measured, and that it was, is what the bisection leaves behind.
  int beyond = lastStep;
  if (tooMuch(lastStep)) beyond = firstStep(0, lastStep, tooMuch);
  if (!surely(lastStep) || surely(beyond)) return;
  (void)firstStep(beyond, lastStep, surely);
}

SafeRatio safeRatio(double budgetPercent, const StepPoints& points) {
  SafeRatio safe{.budgetPercent = budgetPercent, .ratio = {}, .interval = {}, .failsFrom = {}};
  int step = 0;  // of S
  for (const auto& [s, point] : points)
    if (passes(point, budgetPercent)) step = s;
  for (const auto& [s, point] : points)
    if (s < step && !passes(point, budgetPercent)) safe.passesAgain = true;
  for (const auto& [s, point] : points)
    if (s > step && fails(point, budgetPercent)) {
      safe.failsFrom = point.cacheRatio;
      safe.failsFromRank = point.rank;
      safe.bracketSteps = s - step;
      break;
    }
  const auto beyond = points.find(step + 1);
  safe.confirmed = beyond != points.end() && !passes(beyond->second, budgetPercent);
  if (step > 0) {
    const SweepPoint& point = points.at(step);
    safe.state = SafeRatio::State::Found;
    safe.ratio = point.cacheRatio;
    safe.rank = point.rank;
    safe.deltaPplPercent = point.deltaPplPercent;
    safe.interval = point.interval;
  } else if (beyond != points.end() && fails(beyond->second, budgetPercent)) {
    safe.state = SafeRatio::State::Fails;
  }
  return safe;
}

}  // namespace kvloupe
