// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/legend.hpp"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>

#include "charts/marks.hpp"
#include "theme/fonts.hpp"
#include "theme/palette.hpp"

namespace kvloupe {
namespace {

constexpr double kSwatch = 13;
constexpr double kSwatchHeight = 11;
constexpr double kAfterGlyph = 6;
constexpr double kBetween = 12;

double glyphWidth(LegendEntry::Glyph glyph) {
  switch (glyph) {
    case LegendEntry::Glyph::Noise:
      return 18;
    case LegendEntry::Glyph::Line:
    case LegendEntry::Glyph::Steps:
      return 16;
    case LegendEntry::Glyph::Dot:
    case LegendEntry::Glyph::Diamond:
    case LegendEntry::Glyph::Whisker:
      return 9;
    case LegendEntry::Glyph::None:
      return 0;
    default:
      return kSwatch;
  }
}

double entryWidth(const LegendEntry& entry) {
  const double glyph = glyphWidth(entry.glyph);
  return glyph + (glyph > 0 ? kAfterGlyph : 0) +
         QFontMetricsF(font(TextRole::Chart)).horizontalAdvance(entry.text);
}

void paintGlyph(QPainter& painter, const LegendEntry& entry, double x, double y,
                const Palette& colors) {
  const QRectF swatch(x, y - kSwatchHeight / 2, kSwatch, kSwatchHeight);
  switch (entry.glyph) {
    case LegendEntry::Glyph::Bar:
      return paintSolidBar(painter, swatch, entry.fill, entry.line, 1);
    case LegendEntry::Glyph::HatchedModel:
      return paintHatchedBar(painter, swatch, colors.page, entry.fill, entry.line, 1);
    case LegendEntry::Glyph::Measuring:
      return paintMeasuringBar(painter, swatch, entry.fill, entry.line, 1);
    case LegendEntry::Glyph::Stale:
      return paintStaleBar(painter, swatch, entry.fill, entry.line, 1);
    case LegendEntry::Glyph::Whisker:
      return paintWhisker(painter, x + 4.5, y - 5.5, y + 5.5, 7, QPen(colors.ink, 1.2));
    case LegendEntry::Glyph::Noise: {
      painter.fillRect(QRectF(x, y - 2, 18, 6), colors.noiseBand);
      QPen edge(colors.noiseEdge, 1.2);
      edge.setDashPattern({3, 2});
      edge.setCapStyle(Qt::FlatCap);
      painter.setPen(edge);
      painter.drawLine(QPointF(x, y - 2), QPointF(x + 18, y - 2));
      return;
    }
    case LegendEntry::Glyph::Dot:
    case LegendEntry::Glyph::Diamond:
      painter.setPen(QPen(entry.line, 1));
      painter.setBrush(entry.fill);
      if (entry.glyph == LegendEntry::Glyph::Dot)
        painter.drawEllipse(QPointF(x + 4.5, y), 4, 4);
      else
        paintDiamond(painter, QPointF(x + 4.5, y), 5);
      return;
    case LegendEntry::Glyph::Line:
      painter.setPen(QPen(entry.line, 1.6));
      painter.drawLine(QPointF(x, y), QPointF(x + 16, y));
      return;
    case LegendEntry::Glyph::Steps: {
      painter.setPen(QPen(entry.line, 1.2));
      const QPointF points[] = {{x, y + 3}, {x + 6, y + 3}, {x + 6, y - 3}, {x + 16, y - 3}};
      painter.drawPolyline(points, 4);
      return;
    }
    case LegendEntry::Glyph::None:
      return;
  }
}

}  // namespace

double legendWidth(const std::vector<LegendEntry>& entries) {
  double width = 0;
  for (const LegendEntry& entry : entries) width += entryWidth(entry) + (width > 0 ? kBetween : 0);
  return width;
}

double legendKeysWidth(const std::vector<LegendEntry>& entries) {
  const auto isKey = [](const LegendEntry& entry) {
    switch (entry.glyph) {
      case LegendEntry::Glyph::Bar:
      case LegendEntry::Glyph::HatchedModel:
      case LegendEntry::Glyph::Dot:
      case LegendEntry::Glyph::Diamond:
        return true;
      default:
        return false;
    }
  };
  return legendWidth({entries.begin(), std::find_if_not(entries.begin(), entries.end(), isKey)});
}

double paintLegend(QPainter& painter, const std::vector<LegendEntry>& entries, const QRectF& rect,
                   const Palette& colors) {
  std::vector<LegendEntry> shown = entries;
  while (!shown.empty() && legendWidth(shown) > rect.width()) shown.pop_back();
  double x = rect.right() - legendWidth(shown);
  const double left = x;
  const double y = rect.center().y();
  painter.save();
  painter.setFont(font(TextRole::Chart));
  for (const LegendEntry& entry : shown) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    paintGlyph(painter, entry, x, y, colors);
    painter.restore();
    const double glyph = glyphWidth(entry.glyph);
    const double text = x + glyph + (glyph > 0 ? kAfterGlyph : 0);
    const double end = x + entryWidth(entry);
    painter.setPen(colors.secondText);
    painter.drawText(QRectF(text, rect.top(), end - text + 2, rect.height()),
                     Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, entry.text);
    x = end + kBetween;
  }
  painter.restore();
  return left;
}

}  // namespace kvloupe
