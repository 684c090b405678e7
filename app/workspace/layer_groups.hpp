// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <span>
#include <vector>

#include "types/plan.hpp"

namespace kvloupe {

/// The same compressions in some layers alone, given ascending; those that none of them has are
/// left out.
[[nodiscard]] std::vector<CompressionSpec> specsIn(std::span<const CompressionSpec> specs,
                                                   std::span<const int> layers);

/// Layers that a plan treats alike, in the order of their first; untouched layers are in none. One
/// group: the plan has no layer of its own.
[[nodiscard]] std::vector<std::vector<int>> layerGroups(std::span<const CompressionSpec> specs,
                                                        int numLayers);

/// "0–3, 5".
[[nodiscard]] QString layersText(std::span<const int> layers);

}  // namespace kvloupe
