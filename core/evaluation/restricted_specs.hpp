// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "types/plan.hpp"

namespace kvloupe {

/// The parts of specs that concern some targets and layers (ascending or not), all else untouched.
[[nodiscard]] std::vector<CompressionSpec> restrictedSpecs(std::span<const CompressionSpec> specs,
                                                           std::span<const Target> targets,
                                                           std::span<const int> layers);

}  // namespace kvloupe
