// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "types/evaluation.hpp"
#include "types/interval.hpp"
#include "types/plan.hpp"

namespace kvloupe {

/// One plan of a sweep, measured.
struct SweepPoint {
  std::string specText;
  int rank = 0;        // kept; the dimension itself where only a format compresses
  std::string format;  // "int4", "q8_0"; empty: 16 bits
  double tensorRatio = 1;
  double cacheRatio = 1;
  double bytesPerToken = 0;
  std::int64_t tokensScored = 0;
  double deltaPplPercent = 0;
  std::optional<Interval> interval;  // of it, 95 %, percent
  double klMean = 0;                 // nats
  double top1Agreement = 1;
  bool onFront = false;  // no other point of the sweep has a larger ratio and a smaller dPPL
  int plan = -1;         // index of its evaluation in Sweep::plans; -1: not kept
};

/// How far a target can be compressed within a budget (product.md, "Safe ratio" and "Verdict").
/// The steps of a target are its ranks: step s keeps dim - s dimensions.
struct SafeRatio {
  enum class State : std::uint8_t {
    Found,
    Fails,      // already the first step costs more, told with certainty
    Undecided,  // no step passes, and none is told to fail: the intervals are too wide
  };
  double budgetPercent = 1;
  State state = State::Undecided;
  std::optional<double> ratio;  // S: largest cache ratio whose upper bound is within the budget
  int rank = 0;                 // that has it
  double deltaPplPercent = 0;   // there
  std::optional<Interval> interval;
  std::optional<double> failsFrom;  // U: least larger ratio whose lower bound exceeds the budget
  int failsFromRank = 0;
  int bracketSteps = 0;      // from S to U; over 2 the ruling is undecided
  bool confirmed = false;    // the step beyond S was measured and does not pass
  bool passesAgain = false;  // not monotonic: a smaller ratio than S failed
};

/// A target, or two alike, compressed further and further.
struct SweepCurve {
  std::string name;   // "v", "k_rope", "k", "kv", "latent", "rope_key": unique in a sweep
  std::string label;  // "V only", "K, after RoPE"
  std::vector<Target> targets;
  std::optional<Tap> tap;          // where K is compressed; else the default
  int dim = 0;                     // ranks are of this many
  bool freesCache = true;          // false for K and V that are expanded from a latent
  std::vector<SweepPoint> points;  // by ascending cache ratio
  std::vector<SafeRatio> safe;     // one a budget, empty where no cache is freed
};

enum class Ruling : std::uint8_t { Holds, Reversed, DoesNotHold, Undecided };

/// "Don't mess with K", for one tap of K and one budget.
struct KeyRule {
  std::string curve;         // of K: "k_rope" or "k"
  double budgetPercent = 1;  // 0 where it is judged at half rank (MLA)
  Ruling ruling = Ruling::Undecided;
  std::string reason;  // in figures: "V 1.44x, K fails from 1.07x"
};

/// What the sweep says of the model, in words and figures.
struct Verdict {
  std::vector<KeyRule> rules;
  // MLA: dNLL of K less that of V, both at half rank, nats a token.
  std::optional<double> halfRankDifference;
  std::optional<Interval> halfRankInterval;
  std::vector<std::string> sentences;  // whole ones, to be read in this order
};

/// Plans over targets, ranks and formats, all on the same tokens.
struct Sweep {
  EvaluationSetting setting;
  std::string method;           // "low rank, pca": what is common to the ranks
  std::vector<double> budgets;  // percent, ascending
  std::vector<SweepCurve> curves;
  std::optional<Verdict> verdict;
  bool complete = true;  // false: interrupted, and what is here was measured
  std::vector<std::shared_ptr<const Evaluation>> plans;  // oldest first, with per-token figures
};

}  // namespace kvloupe
