// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string>

namespace kvloupe {

/// A sentence that was made without a window (a verdict and its reason, a plan's warning, why a
/// choice is refused, what is odd about a model) in the language of the window; any other text as
/// it is. Figures and names stay as they are.
[[nodiscard]] QString coreWords(const std::string& sentence);

}  // namespace kvloupe
