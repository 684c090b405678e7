// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "evaluation/clustered_mean.hpp"
#include "types/evaluation.hpp"

namespace kvloupe {

/// Mean NLL of `a` less that of `b`, nats a token, over the windows that both have measured; blocks
/// are whole windows. Of a baseline its own NLL counts. Absent where the two were not measured on
/// the same windows of the same text.
[[nodiscard]] std::optional<ClusteredMean> pairedDifference(const Evaluation& a,
                                                            const Evaluation& b);

/// The same by the position in the window, in the bins that the figures of `a`, or of `b`, tell
/// dNLL in; empty where the two were not measured on the same windows, or neither has such figures.
[[nodiscard]] std::vector<PositionFigure> pairedByPosition(const Evaluation& a,
                                                           const Evaluation& b);

}  // namespace kvloupe
