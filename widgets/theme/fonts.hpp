// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <cstdint>

namespace kvloupe {

/// Sizes in logical pixels, style.md "Type".
enum class TextRole : std::uint8_t {
  Caption,     // 11: captions, units, intervals
  Chart,       // 12: chart text, status, secondary
  Body,        // 13
  BodyMedium,  // 13 Medium: figures in a row, panel titles
  Title,       // 15 Medium: charts and sections
  Dialog,      // 18 Medium
  Figure,      // 24 Medium
  StartName,   // 32 Medium
  // Projector mode
  HallSmall,   // 16: captions, units, intervals
  HallChart,   // 18: chart text, secondary
  HallBody,    // 20
  HallMedium,  // 22 Medium: figures in a row, titles
  HallTitle,   // 26 Medium
  HallFigure,  // 40 Medium
  HallDelta,   // 50 Medium
};

[[nodiscard]] QFont font(TextRole role);

/// What takes a role's place in projector mode.
[[nodiscard]] TextRole hallRole(TextRole role);

/// The system's fixed font for paths and commands, at 13.
[[nodiscard]] QFont fixedFont();

/// Registers Roboto Regular, Medium and Bold from the resources. False where one cannot be read.
bool loadFonts();

}  // namespace kvloupe
