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
  std::optional<Interval> interval = {};  // absent under 3 windows
  double bitsPerByte = 0;  // NLL a token / ln 2 * tokens a byte of the whole text; 0: not known
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

/// Mean dNLL of the scored tokens whose position in their window is in [first, last].
struct PositionFigure {
  int first = 0, last = 0;
  std::int64_t tokens = 0;
  double deltaNll = 0;                    // nats a token
  std::optional<Interval> interval = {};  // blocks are whole windows; absent under 3 of them
};

/// The figures of an evaluation so far; `windows == windowsPlanned` once it is done.
/// Baseline and compressed are over the same tokens.
struct EvaluationFigures {
  std::int64_t tokensScored = 0;
  std::int64_t tokensPlanned = 0;
  int windows = 0;
  int windowsPlanned = 0;
  bool stoppedEarly = false;  // the interval was as narrow as `until` asked for
  PerplexityFigure baseline;
  // What follows is of the compressed run; of an identity plan it equals the baseline exactly.
  PerplexityFigure compressed;
  double deltaPplPercent = 0;
  std::optional<Interval> deltaInterval;  // paired, blocks are whole windows; percent
  Divergence divergence;
  std::vector<PositionFigure> positions;  // ascending; empty for the baseline alone

  [[nodiscard]] bool complete() const { return stoppedEarly || windows == windowsPlanned; }
};

struct ConvergencePoint {
  std::int64_t tokens = 0;
  double deltaPplPercent = 0;
  std::optional<Interval> interval;
};

/// What a figure was measured on.
struct EvaluationSetting {
  std::string protocol = "papers";
  int context = 0;
  int stride = 0;                    // of protocol strided, else 0
  std::uint64_t seed = 0;            // of the order in which windows were evaluated
  std::optional<double> until = {};  // half the width of the interval, in %, that ends it early
  TextInfo text;
  std::optional<TextInfo> calibration;  // absent for the baseline
  std::int64_t calibrationTokens = 0;   // that the bases were fitted on
  bool forced = false;  // calibration and evaluation text overlap and the user insisted
};

/// A plan, or the baseline alone, measured on a text.
struct Evaluation : EvaluationSetting {
  std::vector<CompressionSpec> specs;  // empty: the baseline alone
  std::string specText;                // the same as one line: "v:rank=32 k:rank=48"
  Accounting accounting;
  EvaluationFigures figures;
  std::vector<ConvergencePoint> convergence;
  // One entry a scored token of the windows that were evaluated, in the order of the text.
  std::vector<float> nll;  // nats, compressed; empty for the baseline alone
  std::vector<float> baselineNll;
  std::vector<float> kl;               // nats; empty for the baseline alone
  std::vector<std::uint8_t> sameTop1;  // likewise
  // One entry a window that is planned, in the order of the text.
  std::vector<std::int32_t> windowTokens;    // that are scored in it
  std::vector<std::int32_t> windowFirst;     // position in it of the first of them
  std::vector<std::uint8_t> windowMeasured;  // 1: its tokens are among those above
};

}  // namespace kvloupe
