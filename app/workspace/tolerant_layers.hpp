// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "types/plan.hpp"
#include "types/sensitivity.hpp"

namespace kvloupe {

/// The most tolerant layers of a column that cost no more than a budget together, as measured: the
/// upper end of the 95 % interval of dPPL counts.
struct TolerantLayers {
  int column = 0;
  double budgetPercent = 0;
  std::vector<int> layers;     // ascending
  double deltaPplPercent = 0;  // of them together
};

/// For each column and budget that some layers meet, column by column; two budgets that the same
/// layers meet are one, the smaller.
[[nodiscard]] std::vector<TolerantLayers> tolerantLayers(const Sensitivity& figures);

/// What was measured of the column, in those layers alone. Empty where the sensitivity names no
/// specs, as a run file may.
[[nodiscard]] std::vector<CompressionSpec> specsOf(const TolerantLayers& chosen,
                                                   const Sensitivity& figures);

}  // namespace kvloupe
