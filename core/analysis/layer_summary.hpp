// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/analysis.hpp"

namespace kvloupe {

/// Fills `summaries` and `kvRatios` of an analysis from its taps. In MLA `k_rope` is a key of its
/// own, beside the expanded one, and has no ratio: `mla` says so. A layer whose spread is undefined
/// or not finite counts in neither.
void summariseLayers(Analysis& analysis, bool mla);

}  // namespace kvloupe
