// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <span>
#include <vector>

#include "types/plan.hpp"

namespace kvloupe {

/// Layers that a plan treats alike, in the order of their first; untouched layers are in none. One
/// group: the plan has no layer of its own.
[[nodiscard]] std::vector<std::vector<int>> layerGroups(std::span<const CompressionSpec> specs,
                                                        int numLayers);

/// "0–3, 5".
[[nodiscard]] QString layersText(std::span<const int> layers);

}  // namespace kvloupe
