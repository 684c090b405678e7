// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>

#include "types/sweep.hpp"

namespace kvloupe {

/// Points of one curve by step: step s keeps dim - s dimensions, so that ratios rise with it.
using StepPoints = std::map<int, SweepPoint>;

/// Measures a step, or returns what was measured of it.
using MeasureStep = std::function<const SweepPoint&(int step)>;

/// Looks for the safe ratio at one budget over the steps 1 to `lastStep`: bisection for the largest
/// step whose upper bound is within the budget, confirmed by the step beyond, and then for the
/// least larger one whose lower bound exceeds it. Every step it needs is asked for once. The
/// answer is read off `points` afterwards by `safeRatio`.
void searchSafeRatio(double budgetPercent, int lastStep, const MeasureStep& measure);

/// The safe ratio that the measured steps tell. A point without an interval decides nothing.
[[nodiscard]] SafeRatio safeRatio(double budgetPercent, const StepPoints& points);

}  // namespace kvloupe
