// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "evaluation/additive_estimate.hpp"
#include "types/estimate.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {

struct DraftEstimate {
  PlanEstimate figure;
  QString basis;  // what it rests on and how good such estimates have been, in words
};

/// What a model's draft is likely to cost, from what was measured on the same texts. What it has
/// learned is kept until there is something else to learn from, an estimate until the draft moves.
class PlanEstimator {
 public:
  /// Absent where nothing is compressed, or nothing like it was measured.
  [[nodiscard]] std::optional<DraftEstimate> of(const Workspace& workspace, Slot slot);
  /// How often it has learned anew.
  [[nodiscard]] int timesLearned() const { return timesLearned_; }

 private:
  struct Sources {
    ModelInfoPtr model;
    AnalysisPtr analysis;
    std::vector<EvaluationPtr> plans;
    SensitivityPtr sensitivity;

    friend bool operator==(const Sources&, const Sources&) = default;
  };
  void learn(Sources sources);
  [[nodiscard]] std::optional<DraftEstimate> estimate(
      const std::vector<CompressionSpec>& specs) const;

  Sources sources_;
  std::optional<AdditiveEstimate> learned_;
  std::vector<CompressionSpec> specs_;
  std::optional<DraftEstimate> last_;  // of specs_
  int timesLearned_ = 0;
};

}  // namespace kvloupe
