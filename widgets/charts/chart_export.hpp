// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace kvloupe {

/// How a figure leaves the program (style.md "Export"): white page and light palette always.
struct FigureSpec {
  double widthMm = 178;  // one column 85, two columns 178, slide 254
  double heightMm = 0;   // 0: 0.62 of the width; slide 143
  double textPoint = 8;  // slide 16
  bool title = false;
  bool provenance = true;

  static FigureSpec oneColumn();
  static FigureSpec twoColumns();
  static FigureSpec slide();
  [[nodiscard]] double height() const { return heightMm > 0 ? heightMm : 0.62 * widthMm; }
};

}  // namespace kvloupe
