// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QRectF>
#include <QString>
#include <vector>

#include "theme/palette.hpp"
#include "types/plan.hpp"

class QPainter;

namespace kvloupe {

/// Where the plan cuts: a pentagon on a dashed line, tied to the target's slider.
struct RankMarker {
  Target target = Target::V;
  double x = 0;            // the plot's pixels
  QString label;           // "V keeps 24"
  bool leftwards = false;  // the label stands at the left, where the right has no room
};

/// The part that the pointer takes hold of.
[[nodiscard]] QRectF markerHandle(const RankMarker& marker, const QRectF& axes);

/// Lets no two labels touch: the later ones lose theirs.
void placeMarkerLabels(std::vector<RankMarker>& markers, const QRectF& axes);

void paintRankMarker(QPainter& painter, const RankMarker& marker, const QRectF& axes,
                     const Palette& colors, double lineWidth);

}  // namespace kvloupe
