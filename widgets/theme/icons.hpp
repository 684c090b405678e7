// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QPixmap>
#include <QRectF>
#include <cstdint>

class QColor;
class QPainter;

namespace kvloupe {

/// Line icons of 16 x 16, stroke 1.5, in the colour of the text; App is the program's own, in
/// colours.
enum class Icon : std::uint8_t {
  Undo,
  Redo,
  Open,
  Save,
  Export,
  Fit,
  Copy,
  ChevronRight,
  ChevronDown,
  ChevronUp,
  Overflow,  // », tools that found no room
  Close,
  Check,
  Warning,
  Stale,
  Log,
  Link,
  Lesson,
  Play,
  Stop,
  File,
  Folder,
  Bars,
  More,
  App,
};

/// Follows the theme (ink; disabled where the widget is) and is sharp at any device pixel ratio.
[[nodiscard]] QIcon icon(Icon name);

/// Draws the icon into `rect` in one colour.
void paintIcon(QPainter& painter, Icon name, const QRectF& rect, const QColor& color);

/// `size` in logical pixels.
[[nodiscard]] QPixmap iconPixmap(Icon name, int size, const QColor& color, qreal devicePixelRatio);

}  // namespace kvloupe
