// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "evaluation/protocol.hpp"
#include "model/output_head.hpp"
#include "types/evaluation.hpp"

namespace kvloupe {

/// What was measured of each window, whatever the order in which they were evaluated; per-token
/// figures come out in the order of the text.
class WindowResults {
 public:
  explicit WindowResults(std::span<const ScoredWindow> windows);

  /// Takes over the windows that an evaluation of the same setting and plan holds. False, and
  /// nothing taken, where its windows are others.
  bool adopt(const Evaluation& known);

  /// Of the baseline alone only `baselineNll` is filled in.
  void put(std::size_t window, TokenComparison tokens);
  /// Null where the window was not measured.
  [[nodiscard]] const TokenComparison* find(std::size_t window) const;

  /// Fills the per-token and per-window figures of `evaluation`.
  void fill(Evaluation& evaluation) const;

 private:
  std::vector<std::int32_t> tokens_;  // scored in each window
  std::vector<TokenComparison> results_;
};

}  // namespace kvloupe
