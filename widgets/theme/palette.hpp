// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <array>
#include <cstdint>

#include "types/plan.hpp"

namespace kvloupe {

/// What a mark stands for where colour is data. A plan that compresses K and V is KV; the rotary
/// key is a key and has K's colours.
enum class DataRole : std::uint8_t { K, V, Latent, RopeKey, KV, Neither };

[[nodiscard]] DataRole dataRole(Target target);

struct DataColors {
  QColor fill;
  QColor line;  // outlines and lines in charts
  QColor text;
};

/// Every colour of one theme, by role.
struct Palette {
  bool dark = false;
  QColor window, panel, page, field;
  QColor line, controlBorder;
  QColor ink, secondText, disabled;
  QColor selectedRow, selectedSegment, selectedSegmentText;
  QColor primaryButton, primaryButtonText;
  QColor progress, track;
  QColor tooltip, tooltipText, tooltipSecondText;
  DataColors k, v, latent, kv, neither;
  QColor badgeA, badgeB;
  QColor grid, axis;
  QColor noiseBand, noiseEdge;  // the band has its alpha
  QColor error, warning, ok;
  std::array<QColor, 8> sequential;  // more = further from the page
  std::array<QColor, 7> diverging;   // first: better or less; middle: 0

  [[nodiscard]] const DataColors& of(DataRole role) const;
  [[nodiscard]] const DataColors& of(Target target) const { return of(dataRole(target)); }
};

[[nodiscard]] const Palette& lightPalette();
[[nodiscard]] const Palette& darkPalette();

/// Black or white, whichever contrasts more with `background` (WCAG relative luminance).
[[nodiscard]] QColor textOn(const QColor& background);

/// WCAG 2 contrast of two opaque colours, 1 to 21.
[[nodiscard]] double contrastRatio(const QColor& a, const QColor& b);

/// Colour of a ramp at t in [0, 1], linear between its stops.
template <std::size_t N>
[[nodiscard]] QColor rampColor(const std::array<QColor, N>& ramp, double t);

extern template QColor rampColor(const std::array<QColor, 8>&, double);
extern template QColor rampColor(const std::array<QColor, 7>&, double);

}  // namespace kvloupe
