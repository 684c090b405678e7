// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/evaluation.hpp"

namespace kvloupe {

/// Ends a measurement when the interval of dPPL % is within +-`halfWidth`. Who stops at the first
/// window where the interval happens to be narrow takes a variance that came out too small, so a
/// plain 95 % interval would cover less (Anscombe 1953; Chow and Robbins 1965 show that the loss
/// vanishes for narrow intervals only). Therefore the interval that such a measurement looks at and
/// reports is one of kConfidence, and nothing ends before kLeastWindows windows. What that covers
/// is simulated in tests/evaluation/coverage_test.cpp.
class EarlyStop {
 public:
  static constexpr double kConfidence = 0.98;
  static constexpr int kLeastWindows = 12;

  explicit EarlyStop(double halfWidthPercent) : halfWidth_(halfWidthPercent) {}

  [[nodiscard]] bool enough(const ConvergencePoint& point, int windows) const {
    return windows >= kLeastWindows && point.interval &&
           point.interval->high - point.deltaPplPercent <= halfWidth_ &&
           point.deltaPplPercent - point.interval->low <= halfWidth_;
  }

 private:
  double halfWidth_;
};

}  // namespace kvloupe
