// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QRectF>
#include <QString>
#include <functional>
#include <utility>
#include <vector>

#include "theme/palette.hpp"

class QPainter;

namespace kvloupe {

/// Of the cells of a heat map that is stale.
inline constexpr double kStaleOpacity = 0.35;

/// How a heat map turns values into colours.
struct ColorScale {
  enum class Kind : std::uint8_t { Sequential, Diverging };
  Kind kind = Kind::Sequential;
  double low = 0;
  double high = 1;
  bool log = false;   // sequential alone, low > 0
  bool root = false;  // sequential alone: by the square root, so that small values are told apart

  friend bool operator==(const ColorScale&, const ColorScale&) = default;

  /// Of a value, clamped to the ends; not a number: the middle of the page.
  [[nodiscard]] QColor color(double value, const Palette& colors) const;
  /// Place of a value between the ends, 0 to 1.
  [[nodiscard]] double position(double value) const;
};

/// A scale from the values' least to their greatest in steps of 1-2-5; values that are not
/// positive stand at its low end where it is logarithmic.
[[nodiscard]] ColorScale sequentialScale(double least, double greatest, bool log);

/// A vertical colour bar with a border, ticks at its right and its name above.
void paintColorBar(QPainter& painter, const QRectF& bar, const ColorScale& scale,
                   const QString& name, const std::function<QString(double, int)>& label,
                   const Palette& colors, double lineWidth);

/// A horizontal one: these ticks below it, and its name above, right-aligned with the bar. The
/// words at its ends are centred there, but reach no further than `overhang` beyond it.
void paintFlatColorBar(QPainter& painter, const QRectF& bar, const ColorScale& scale,
                       const QString& name, const std::vector<std::pair<double, QString>>& ticks,
                       const Palette& colors, double lineWidth, double overhang = 60);

}  // namespace kvloupe
