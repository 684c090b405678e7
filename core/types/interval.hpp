// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace kvloupe {

/// A 95 % confidence interval, in the unit of the figure it belongs to.
struct Interval {
  double low = 0;
  double high = 0;
};

}  // namespace kvloupe
