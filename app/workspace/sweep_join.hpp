// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jobs/job.hpp"

namespace kvloupe {

/// The curves of two sweeps on the same text: a curve of `later` replaces one of the same name.
[[nodiscard]] SweepPtr joinSweeps(const Sweep& earlier, const Sweep& later);

/// What is known of one budget on a curve, or null.
[[nodiscard]] const SafeRatio* safeRatioOf(const Sweep& sweep, const std::string& curve,
                                           double budgetPercent);

}  // namespace kvloupe
