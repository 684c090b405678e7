// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "types/interval.hpp"

namespace kvloupe {

/// dPPL of a plan that was not measured.
struct PlanEstimate {
  double deltaPplPercent = 0;
  std::optional<Interval> interval;  // 95 %, from how far off such estimates were; under 3: none
  int learnedFrom = 0;               // plans measured, and a sensitivity, that it rests on
};

/// How well plans that were measured could have been told from the others.
struct EstimateRecord {
  int plans = 0;
  double typicalFactor = 1;  // exp of the median |log(estimated dNLL / measured dNLL)|
};

}  // namespace kvloupe
