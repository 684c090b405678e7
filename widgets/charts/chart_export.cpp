// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/chart_export.hpp"

namespace kvloupe {

FigureSpec FigureSpec::oneColumn() {
  FigureSpec spec;
  spec.widthMm = 85;
  return spec;
}

FigureSpec FigureSpec::twoColumns() { return {}; }

FigureSpec FigureSpec::slide() {
  FigureSpec spec;
  spec.widthMm = 254;
  spec.heightMm = 143;
  spec.textPoint = 16;
  return spec;
}

}  // namespace kvloupe
