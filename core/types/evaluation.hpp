// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "types/analysis.hpp"
#include "types/interval.hpp"
#include "types/plan.hpp"

namespace kvloupe {

/// exp(mean NLL) over the scored tokens. NLL in nats.
struct PerplexityFigure {
  double nllSum = 0;
  double ppl = 1;
  std::optional<Interval> interval;  // absent under 3 windows
};

/// How far the compressed distribution p_c is from the baseline's p_0 on the same tokens.
struct Divergence {
  double klMean = 0, klMedian = 0, klP99 = 0, klMax = 0;  // KL(p_0 || p_c), nats
  std::optional<Interval> klInterval;
  double top1Agreement = 1;  // fraction
  std::optional<Interval> top1Interval;
  double meanDeltaP = 0;  // of the right token's probability, p_c - p_0
  double rmsDeltaP = 0;
};

/// The figures of an evaluation so far; `windows == windowsPlanned` once it is done.
/// Baseline and compressed are over the same tokens.
struct EvaluationFigures {
  std::int64_t tokensScored = 0;
  std::int64_t tokensPlanned = 0;
  int windows = 0;
  int windowsPlanned = 0;
  PerplexityFigure baseline;
  // What follows is of the compressed run; of an identity plan it equals the baseline exactly.
  PerplexityFigure compressed;
  double deltaPplPercent = 0;
  std::optional<Interval> deltaInterval;  // paired, blocks are whole windows; percent
  Divergence divergence;

  [[nodiscard]] bool complete() const { return windows == windowsPlanned; }
};

struct ConvergencePoint {
  std::int64_t tokens = 0;
  double deltaPplPercent = 0;
  std::optional<Interval> interval;
};

/// A plan, or the baseline alone, measured on a text.
struct Evaluation {
  std::string protocol = "papers";
  int context = 0;
  int stride = 0;          // of protocol strided, else 0
  std::uint64_t seed = 0;  // of the order in which windows were evaluated
  TextInfo text;
  std::optional<TextInfo> calibration;  // absent for the baseline
  std::int64_t calibrationTokens = 0;   // that the bases were fitted on
  bool forced = false;  // calibration and evaluation text overlap and the user insisted
  std::vector<CompressionSpec> specs;  // empty: the baseline alone
  std::string specText;                // the same as one line: "v:rank=32 k:rank=48"
  Accounting accounting;
  EvaluationFigures figures;
  std::vector<ConvergencePoint> convergence;
  // One entry a scored token, in the order of the text, nats.
  std::vector<float> nll;  // compressed; empty for the baseline alone
  std::vector<float> baselineNll;
};

}  // namespace kvloupe
