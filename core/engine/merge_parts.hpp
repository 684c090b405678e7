// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/moments.hpp"
#include "types/run.hpp"

namespace kvloupe {

/// Joins what the shards of one analysis or sweep left: moments merge (Chan et al. 1983), per-token
/// figures come together in the order of the text, and every figure is made anew from them.
class PartMerge {
 public:
  /// Throws Error Mismatch where `part`, read from `path`, holds nothing that merges, is of another
  /// question than the parts before it, or has windows that they have.
  void add(Run part, const std::string& path);

  /// As one run gives it. Throws Error Mismatch where windows are missing.
  [[nodiscard]] Run whole();

 private:
  void addAnalysis(const Analysis& part, const std::string& path);
  void addPlans(std::vector<Evaluation> plans, const std::string& path);
  void finishAnalysis();
  void finishSweep();

  std::optional<Run> run_;  // the first part, whose setting all others have
  std::string firstPath_;
  std::vector<Moments> moments_;
};

}  // namespace kvloupe
