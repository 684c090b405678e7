// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "text/merge_table.hpp"

namespace kvloupe {

/// Applies merges to a word until none is left: always the one of lowest rank, the leftmost of
/// equals. O(n^2) for short words, O(n log n) for long ones.
void applyMerges(const MergeTable& merges, std::vector<std::int32_t>& symbols);

}  // namespace kvloupe
