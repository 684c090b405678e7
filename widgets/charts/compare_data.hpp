// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "charts/layers_data.hpp"

namespace kvloupe {

/// B over A, layer by layer and target by target, of what two charts show. The interval is that of
/// a quotient of independent figures: the logarithms' half widths add in squares. Layers that only
/// one of them has are left out.
[[nodiscard]] LayersChartData differenceData(const LayersChartData& a, const LayersChartData& b);

/// Lets two charts of one metric have one value axis.
void shareReach(LayersChartData& a, LayersChartData& b);

}  // namespace kvloupe
