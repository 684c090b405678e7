// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "evaluation/clustered_mean.hpp"
#include "model/output_head.hpp"
#include "types/sensitivity.hpp"

namespace kvloupe {

/// What the windows say of one cell of a sensitivity map: sums a window, no per-token figures.
class LayerDamage {
 public:
  void add(const TokenComparison& tokens);
  /// Fills dNLL, dPPL, their intervals, KL and top-1 of a cell.
  void fill(SensitivityCell& cell) const;

 private:
  std::vector<WindowSum> deltaNll_;
  double kl_ = 0;
  double sameTop1_ = 0;
  double tokens_ = 0;
};

}  // namespace kvloupe
