// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPaintDevice>
#include <QRectF>
#include <QString>
#include <QWidget>
#include <memory>
#include <vector>

namespace kvloupe {

/// A run of text as it was drawn: its ink, and what of the window it was allowed to draw on, in the
/// window's pixels.
struct DrawnText {
  QString text;
  QRectF ink, clip;
  const QWidget* widget = nullptr;  // the innermost there

  [[nodiscard]] QString told() const;
};

/// Every text that a window draws, those of its charts too, in the order of drawing.
[[nodiscard]] std::vector<DrawnText> drawnTexts(QWidget& window);

/// What cannot be read: a sentence for each text that is cut, or shortened without a tooltip that
/// says it whole, and for each two that lie on each other. What scrolls may be cut at its edges.
[[nodiscard]] std::vector<QString> unreadable(QWidget& window);

}  // namespace kvloupe
