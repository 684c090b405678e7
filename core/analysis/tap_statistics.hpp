// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "analysis/moments.hpp"
#include "types/analysis.hpp"

namespace kvloupe {

/// Eigenvalues, ranks and participation cost a decomposition a head; without them they are empty
/// and 0.
enum class Spectra { Skip, Compute };

/// Everything a chart shows of one layer and tap. Mean, min and max are NaN in a dimension without
/// any finite value, sigma is 0 in one with fewer than two.
[[nodiscard]] TapStatistics summarise(const Moments& moments, int layer, Tap tap, Spectra spectra);

}  // namespace kvloupe
