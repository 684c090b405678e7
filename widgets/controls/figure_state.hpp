// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace kvloupe {

/// What a figure is worth (style.md "States"). Always shape and word, never shade alone.
enum class FigureState : std::uint8_t { Empty, Estimate, Measuring, Measured, Stale, Failed };

}  // namespace kvloupe
