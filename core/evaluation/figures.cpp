// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/figures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "evaluation/early_stop.hpp"

namespace kvloupe {
namespace {

constexpr int kPositionBins = 16;

WindowSum sumOf(std::span<const float> values) {
  return {std::int64_t(values.size()), std::accumulate(values.begin(), values.end(), 0.0)};
}

std::int64_t tokensOf(const std::vector<WindowSum>& windows) {
  return std::accumulate(windows.begin(), windows.end(), std::int64_t{0},
                         [](std::int64_t n, const WindowSum& w) { return n + w.tokens; });
}

std::optional<Interval> around(const ClusteredMean& mean) {
  if (!mean.halfWidth) return std::nullopt;
  return Interval{mean.mean - *mean.halfWidth, mean.mean + *mean.halfWidth};
}

/// Linear interpolation between order statistics, as numpy.percentile. Reorders `values`, which are
/// finite: others have no order.
double quantile(std::vector<float>& values, double q) {
  const double position = q * double(values.size() - 1);
  const auto below = values.begin() + std::ptrdiff_t(position);
  std::nth_element(values.begin(), below, values.end());
  const double low = *below;
  if (below + 1 == values.end()) return low;
  const double high = *std::min_element(below + 1, values.end());
  return low + (high - low) * (position - std::floor(position));
}

}  // namespace

PerplexityFigure FigureAccumulator::perplexity(const std::vector<WindowSum>& windows) const {
  const ClusteredMean nll = clusteredMean(windows);
  PerplexityFigure figure;
  for (const WindowSum& window : windows) figure.nllSum += window.sum;
  figure.ppl = std::exp(nll.mean);
  if (nll.halfWidth)
    figure.interval = {std::exp(nll.mean - *nll.halfWidth), std::exp(nll.mean + *nll.halfWidth)};
  figure.bitsPerByte = nll.mean / std::numbers::ln2 * setting_.tokensPerByte;
  return figure;
}

std::vector<PositionFigure> FigureAccumulator::positions() const {
  std::vector<PositionFigure> figures;
  const int width = (setting_.context + kPositionBins - 1) / kPositionBins;
  for (std::size_t bin = 0; bin < positionDelta_.size(); ++bin) {
    const std::int64_t tokens = tokensOf(positionDelta_[bin]);
    if (tokens == 0) continue;
    const ClusteredMean delta = clusteredMean(positionDelta_[bin]);
    const int first = int(bin) * width;
    figures.push_back({.first = first,
                       .last = std::min(first + width, setting_.context) - 1,
                       .tokens = tokens,
                       .deltaNll = delta.mean,
                       .interval = around(delta)});
  }
  return figures;
}

FigureSetting figureSetting(const EvaluationSetting& setting) {
  return {.context = setting.context,
          .tokensPerByte = double(setting.text.tokens) / double(setting.text.bytes),
          .confidence = setting.until ? EarlyStop::kConfidence : 0.95};
}

void FigureAccumulator::add(std::span<const float> baselineNll) {
  baselineNll_.push_back(sumOf(baselineNll));
}

void FigureAccumulator::add(const ScoredTokens& tokens) {
  add(tokens.baselineNll);
  nll_.push_back(sumOf(tokens.nll));
  kl_.push_back(sumOf(tokens.kl));
  WindowSum delta{std::int64_t(tokens.nll.size()), 0};
  WindowSum same = delta;
  const int width = (setting_.context + kPositionBins - 1) / kPositionBins;
  positionDelta_.resize(kPositionBins);
  for (std::vector<WindowSum>& bin : positionDelta_) bin.push_back({});
  for (std::size_t i = 0; i < tokens.nll.size(); ++i) {
    const double change = double(tokens.nll[i]) - double(tokens.baselineNll[i]);
    delta.sum += change;
    const int bin = std::min((tokens.firstPosition + int(i)) / width, kPositionBins - 1);
    WindowSum& here = positionDelta_[std::size_t(bin)].back();
    ++here.tokens;
    here.sum += change;
    same.sum += tokens.sameTop1[i];
    const double risen =
        std::exp(-double(tokens.nll[i])) - std::exp(-double(tokens.baselineNll[i]));
    deltaP_ += risen;
    deltaPSquared_ += risen * risen;
  }
  deltaNll_.push_back(delta);
  sameTop1_.push_back(same);
  klValues_.insert(klValues_.end(), tokens.kl.begin(), tokens.kl.end());
}

ConvergencePoint FigureAccumulator::convergence() const {
  const ClusteredMean delta = clusteredMean(deltaNll_, setting_.confidence);
  ConvergencePoint point{.tokens = tokensOf(deltaNll_),
                         .deltaPplPercent = 100 * std::expm1(delta.mean),
                         .interval = {}};
  if (delta.halfWidth)
    point.interval = {100 * std::expm1(delta.mean - *delta.halfWidth),
                      100 * std::expm1(delta.mean + *delta.halfWidth)};
  return point;
}

EvaluationFigures FigureAccumulator::figures() const {
  EvaluationFigures result;
  result.windows = int(baselineNll_.size());
  result.tokensScored = tokensOf(baselineNll_);
  result.baseline = perplexity(baselineNll_);
  result.compressed = nll_.empty() ? result.baseline : perplexity(nll_);
  if (klValues_.empty()) return result;

  const ConvergencePoint delta = convergence();
  result.deltaPplPercent = delta.deltaPplPercent;
  result.deltaInterval = delta.interval;

  Divergence& divergence = result.divergence;
  const ClusteredMean kl = clusteredMean(kl_);
  const ClusteredMean top1 = clusteredMean(sameTop1_);
  divergence.klMean = kl.mean;
  divergence.klInterval = around(kl);
  divergence.top1Agreement = top1.mean;
  divergence.top1Interval = around(top1);
  std::vector<float> values = klValues_;
  if (std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); })) {
    divergence.klMedian = quantile(values, 0.5);
    divergence.klP99 = quantile(values, 0.99);
    divergence.klMax = *std::max_element(values.begin(), values.end());
  } else {  // as the mean, which adds all of them up
    divergence.klMedian = divergence.klP99 = divergence.klMax =
        std::numeric_limits<double>::quiet_NaN();
  }
  const double tokens = double(result.tokensScored);
  divergence.meanDeltaP = deltaP_ / tokens;
  divergence.rmsDeltaP = std::sqrt(deltaPSquared_ / tokens);
  result.positions = positions();
  return result;
}

}  // namespace kvloupe
