// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "evaluation/figures.hpp"
#include "evaluation/protocol.hpp"
#include "model/output_head.hpp"
#include "types/evaluation.hpp"

namespace kvloupe {

/// What was measured of each window, whatever the order in which they were evaluated; per-token
/// figures come out in the order of the text.
class WindowResults {
 public:
  explicit WindowResults(std::span<const ScoredWindow> windows);
  /// The windows of an evaluation, and what it holds of them. Throws Error Mismatch where its
  /// per-token figures do not fit its windows.
  explicit WindowResults(const Evaluation& evaluation);

  /// Takes over the windows that an evaluation of the same setting and plan holds, beside those
  /// that are there. False, and nothing taken, where its windows are others.
  bool adopt(const Evaluation& known);

  /// Of the baseline alone only `baselineNll` is filled in.
  void put(std::size_t window, TokenComparison tokens);
  /// Null where the window was not measured.
  [[nodiscard]] const TokenComparison* find(std::size_t window) const;

  /// Adds a measured window to the figures.
  void addTo(FigureAccumulator& figures, std::size_t window) const;

  /// Fills the per-token and per-window figures of `evaluation`.
  void fill(Evaluation& evaluation) const;

 private:
  std::vector<std::int32_t> tokens_;  // scored in each window
  std::vector<std::int32_t> first_;   // position in it of the first of them
  std::vector<TokenComparison> results_;
};

}  // namespace kvloupe
