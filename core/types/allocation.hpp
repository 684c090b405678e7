// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "types/damage.hpp"
#include "types/evaluation.hpp"

namespace kvloupe {

/// What one layer and target keeps in an allocated plan.
struct AllocationChoice {
  int layer = 0;
  Target target = Target::V;
  int rank = 0;  // the dimension itself where nothing is dropped
  int dim = 0;
  std::string format;    // empty: 16 bits
  double bitsSaved = 0;  // a token
  double deltaNll = 0;   // estimated: measured alone, on the calibration text; nats a token
};

/// A plan that spends a budget where it buys most: by marginal dNLL per bit saved.
struct Allocation {
  EvaluationSetting setting;
  std::optional<double> budgetPercent;     // upper bound of dPPL; or
  std::optional<double> minRatio;          // least cache ratio
  bool complete = true;                    // false: interrupted; then there are only the last two
  bool met = false;                        // the measured plan keeps what was asked for
  std::vector<AllocationChoice> choices;   // layer by layer, target by target
  double estimatePercent = 0;              // dPPL if the dNLL of the choices add up
  std::shared_ptr<const Evaluation> plan;  // measured
  // What treating all layers alike costs: of the same ways to store the targets that the plan
  // compresses, those of the nearest cache ratio that is no smaller. Null where the plan is none.
  std::shared_ptr<const Evaluation> uniform;
  LayerCosts costs;  // that the order of spending follows
  // All that were measured, oldest first, with per-token figures; the last may be interrupted.
  std::vector<std::shared_ptr<const Evaluation>> plans;
};

}  // namespace kvloupe
