// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "types/damage.hpp"
#include "types/evaluation.hpp"
#include "types/interval.hpp"

namespace kvloupe {

/// What it costs to compress one layer and target, all else untouched.
struct SensitivityCell {
  int layer = 0;
  int column = 0;       // index in Sensitivity::columns
  double deltaNll = 0;  // nats a token
  std::optional<Interval> deltaNllInterval;
  double deltaPplPercent = 0;
  std::optional<Interval> interval;  // of it, percent
  double klMean = 0;                 // nats
  double top1Agreement = 1;
  double bitsSaved = 0;  // a token, of the whole cache
};

/// A column's most tolerant layers compressed together: `layer` and those of the column's points
/// before this one.
struct CumulativePoint {
  int column = 0;
  int layer = 0;
  double estimatePercent = 0;  // dPPL if the dNLL of the single layers add up
  double deltaPplPercent = 0;  // measured
  std::optional<Interval> interval;
};

/// The damage layer by layer, over the windows seen so far.
struct Sensitivity {
  EvaluationSetting setting;
  std::string specText;
  std::vector<std::string> columns;  // "k", "v", and "k+v" where both are compressed
  int layers = 0;
  std::int64_t tokensScored = 0, tokensPlanned = 0;
  int windows = 0, windowsPlanned = 0;
  double baselinePpl = 1;
  std::vector<SensitivityCell> cells;       // layer by layer, in each column by column
  std::vector<CumulativePoint> cumulative;  // empty unless asked for
  std::vector<WindowDamage> measured;       // what the cells were made of, in the order measured
  // Layers that were measured together, with per-token figures; one of them may be interrupted.
  std::vector<std::shared_ptr<const Evaluation>> plans;

  [[nodiscard]] bool complete() const { return windows == windowsPlanned; }
  [[nodiscard]] const SensitivityCell& cell(int layer, int column) const {
    return cells[static_cast<std::size_t>(layer) * columns.size() +
                 static_cast<std::size_t>(column)];
  }
};

}  // namespace kvloupe
