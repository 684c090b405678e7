// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluation/clustered_mean.hpp"
#include "types/evaluation.hpp"

namespace kvloupe {

/// Tokens of one window under both distributions; all spans have one entry a scored token.
struct ScoredTokens {
  std::span<const float> baselineNll;      // nats
  std::span<const float> nll;              // nats, compressed
  std::span<const float> kl;               // KL(p_0 || p_c), nats
  std::span<const std::uint8_t> sameTop1;  // 1 where both find the same token likeliest
  int firstPosition = 1;                   // in the window, of the first of them
};

/// What figures need to know beside the windows.
struct FigureSetting {
  int context = 1;           // positions in a window
  double tokensPerByte = 0;  // of the whole text; 0: no bits per byte
  double confidence = 0.95;  // of the interval of dPPL, which early stopping asks more of
};

/// Of an evaluation whose setting is filled in.
[[nodiscard]] FigureSetting figureSetting(const EvaluationSetting& setting);

/// Accumulates windows, in whatever order they come, into the figures of an evaluation.
class FigureAccumulator {
 public:
  FigureAccumulator() = default;
  explicit FigureAccumulator(const FigureSetting& setting) : setting_(setting) {}

  /// The baseline alone.
  void add(std::span<const float> baselineNll);
  /// Baseline and compressed.
  void add(const ScoredTokens& tokens);

  /// dPPL and its interval over the windows so far; cheap enough for every window.
  [[nodiscard]] ConvergencePoint convergence() const;
  /// All figures over the windows so far. `tokensPlanned` and `windowsPlanned` are the caller's.
  [[nodiscard]] EvaluationFigures figures() const;

 private:
  [[nodiscard]] PerplexityFigure perplexity(const std::vector<WindowSum>& windows) const;
  [[nodiscard]] std::vector<PositionFigure> positions() const;

  FigureSetting setting_;
  std::vector<WindowSum> baselineNll_, nll_, deltaNll_, kl_, sameTop1_;
  std::vector<std::vector<WindowSum>> positionDelta_;  // by bin, then by window
  std::vector<float> klValues_;
  double deltaP_ = 0, deltaPSquared_ = 0;
};

}  // namespace kvloupe
