// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <vector>

#include "evaluation/window_scorer.hpp"
#include "types/damage.hpp"
#include "types/sensitivity.hpp"

namespace kvloupe {

/// Compressions of one layer each, measured one at a time, window by window. A window counts whole
/// or not at all.
class LayerDamage {
 public:
  /// `known`: windows of the same compressions on the same text, measured before.
  LayerDamage(WindowScorer& scorer, std::vector<LayerTransform> transforms,
              std::vector<WindowDamage> known);

  /// Adds a window, measured unless it is known; `measured` is told which part of it is done, from
  /// 0 to 1, after every compression. Throws Cancelled; nothing is added then.
  void add(std::size_t window, const std::stop_token& stop,
           const std::function<void(double part)>& measured = {});
  /// In the order in which they were added.
  [[nodiscard]] const std::vector<WindowDamage>& windows() const { return windows_; }

  /// Fills dNLL, dPPL, their intervals, KL and top-1 of a cell that holds compression number
  /// `index`.
  void fill(std::size_t index, SensitivityCell& cell) const;
  [[nodiscard]] double baselinePpl() const;

 private:
  WindowScorer& scorer_;
  std::vector<LayerTransform> transforms_;
  std::vector<WindowDamage> known_;
  std::vector<WindowDamage> windows_;
};

}  // namespace kvloupe
