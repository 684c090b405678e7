// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "charts/bars_chart.hpp"
#include "types/evaluation.hpp"
#include "types/passage.hpp"

namespace kvloupe {

/// How many scored tokens of a window lost or won how much.
[[nodiscard]] BarsData lossHistogram(const Passage& passage, const ColorScale& scale);

/// dNLL by the position in the window, over the whole text.
[[nodiscard]] BarsData lossByPosition(const std::vector<PositionFigure>& positions);

/// The weights of one row of a head, before and after, token by token.
[[nodiscard]] BarsData attentionRow(const Passage& passage, int row);

/// KL of the attention of every layer, mean over heads and rows.
[[nodiscard]] BarsData attentionKl(const Passage& passage, int selectedLayer);

/// dNLL of the words that what stood before decides, and of all others.
[[nodiscard]] BarsData lossOfRecalled(const RecallFigures& figures);

}  // namespace kvloupe
