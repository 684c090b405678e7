// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QRectF>
#include <QString>
#include <cstdint>
#include <vector>

class QPainter;

namespace kvloupe {

struct Palette;

/// One entry of a chart's legend, drawn as the marks themselves are.
struct LegendEntry {
  enum class Glyph : std::uint8_t {
    Bar,           // outlined swatch
    HatchedModel,  // a bar of model B
    Measuring,
    Stale,
    Whisker,
    Noise,
    Dot,
    Diamond,
    Line,
    Steps,
    None,  // words alone
  };
  Glyph glyph = Glyph::Bar;
  QString text;
  QColor fill;
  QColor line;
};

/// Width that the entries need on one line, in pixels.
[[nodiscard]] double legendWidth(const std::vector<LegendEntry>& entries);

/// Of that, what its first entries need that tell the colours of the marks apart.
[[nodiscard]] double legendKeysWidth(const std::vector<LegendEntry>& entries);

/// Draws the entries right-aligned on one line of `rect`. Where they do not fit, the last ones are
/// left out. Returns the left edge of what was drawn.
double paintLegend(QPainter& painter, const std::vector<LegendEntry>& entries, const QRectF& rect,
                   const Palette& colors);

}  // namespace kvloupe
