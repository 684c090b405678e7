// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "types/analysis.hpp"
#include "types/estimate.hpp"
#include "types/evaluation.hpp"
#include "types/model_info.hpp"
#include "types/plan.hpp"
#include "types/sensitivity.hpp"

namespace kvloupe {

/// An additive model over layers: the damage of a plan is the sum over its kinds of compression
/// (a target and what is done to it, whatever the rank) of f(X), X = sum over layers of w_l times
/// the share of the calibration variance that layer l drops, w_l being its share in a measured
/// sensitivity, or equal. To first order dNLL is proportional to the squared error of what is
/// dropped; f follows the plans measured so far, as a power law between neighbours.
class AdditiveEstimate {
 public:
  /// `measured` holds plans that were measured to the end on the same text; those of another model
  /// are left out.
  AdditiveEstimate(const ModelInfo& model, const Analysis* analysis,
                   std::span<const Evaluation* const> measured, const Sensitivity* sensitivity);

  /// Absent where nothing like it was measured.
  [[nodiscard]] std::optional<PlanEstimate> of(const Plan& plan) const;

  /// Each plan measured, estimated from all others; those whose dNLL is not told from zero aside.
  [[nodiscard]] EstimateRecord record() const;

 private:
  /// A target and a chain without its rank.
  using Kind = std::pair<Target, Chain>;
  /// Kinds of a plan, each with its X.
  using Drops = std::vector<std::pair<Kind, double>>;
  struct Known {
    Drops drops;
    double deltaNll = 0;  // nats a token
    bool told = false;    // its interval lies above zero
  };
  struct Guess {
    double deltaNll = 0;
    int learnedFrom = 0;
  };

  [[nodiscard]] Drops dropsOf(const Plan& plan) const;
  [[nodiscard]] double dropped(int layer, Target target, const Chain& chain) const;
  void learn(const Sensitivity& sensitivity);
  [[nodiscard]] std::optional<Guess> guess(const Drops& drops, const Known* without) const;
  [[nodiscard]] std::vector<double> logFactors() const;

  ModelInfo model_;
  const Analysis* analysis_;
  std::map<std::pair<int, Target>, double> weights_;  // where a sensitivity tells them
  std::vector<Known> known_;
  std::vector<double> factors_;  // log of estimated over measured dNLL, of every plan told from 0
};

}  // namespace kvloupe
