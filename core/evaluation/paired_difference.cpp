// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/paired_difference.hpp"

#include <algorithm>

namespace kvloupe {
namespace {

const std::vector<float>& nllOf(const Evaluation& evaluation) {
  return evaluation.specs.empty() ? evaluation.baselineNll : evaluation.nll;
}

bool sameWindows(const Evaluation& a, const Evaluation& b) {
  return a.text.sha256 == b.text.sha256 && a.protocol == b.protocol && a.context == b.context &&
         a.text.tokens == b.text.tokens && a.stride == b.stride &&
         a.windowTokens == b.windowTokens && a.windowMeasured.size() == a.windowTokens.size() &&
         b.windowMeasured.size() == b.windowTokens.size();
}

/// Calls `take(w, t, difference)` for every token t of every window w that both have measured;
/// false where their figures do not belong to the windows.
template <class Take>
bool forEachCommonToken(const Evaluation& a, const Evaluation& b, const Take& take) {
  if (!sameWindows(a, b)) return false;
  std::size_t inA = 0, inB = 0;
  for (std::size_t w = 0; w < a.windowTokens.size(); ++w) {
    const auto tokens = std::size_t(a.windowTokens[w]);
    const bool ofA = a.windowMeasured[w] != 0, ofB = b.windowMeasured[w] != 0;
    if ((ofA && inA + tokens > nllOf(a).size()) || (ofB && inB + tokens > nllOf(b).size()))
      return false;
    if (ofA && ofB)
      for (std::size_t t = 0; t < tokens; ++t)
        take(w, t, double(nllOf(a)[inA + t]) - double(nllOf(b)[inB + t]));
    if (ofA) inA += tokens;
    if (ofB) inB += tokens;
  }
  return true;
}

}  // namespace

std::optional<ClusteredMean> pairedDifference(const Evaluation& a, const Evaluation& b) {
  std::vector<WindowSum> windows(a.windowTokens.size());
  const bool paired =
      forEachCommonToken(a, b, [&](std::size_t window, std::size_t, double difference) {
        ++windows[window].tokens;
        windows[window].sum += difference;
      });
  std::erase_if(windows, [](const WindowSum& window) { return window.tokens == 0; });
  if (!paired || windows.empty()) return std::nullopt;
  return clusteredMean(windows);
}

std::vector<PositionFigure> pairedByPosition(const Evaluation& a, const Evaluation& b) {
  std::vector<PositionFigure> bins =
      a.figures.positions.empty() ? b.figures.positions : a.figures.positions;
  if (a.windowFirst.size() != a.windowTokens.size()) return {};
  std::vector<std::vector<WindowSum>> sums(bins.size(),
                                           std::vector<WindowSum>(a.windowTokens.size()));
  const bool paired =
      forEachCommonToken(a, b, [&](std::size_t window, std::size_t token, double difference) {
        const int position = a.windowFirst[window] + int(token);
        const auto bin = std::find_if(bins.begin(), bins.end(), [&](const PositionFigure& each) {
          return position <= each.last;
        });
        if (bin == bins.end() || position < bin->first) return;
        WindowSum& sum = sums[std::size_t(bin - bins.begin())][window];
        ++sum.tokens;
        sum.sum += difference;
      });
  if (!paired) return {};
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const ClusteredMean mean = clusteredMean(sums[i]);  // windows without tokens are none
    bins[i].tokens = 0;
    for (const WindowSum& sum : sums[i]) bins[i].tokens += sum.tokens;
    bins[i].deltaNll = mean.mean;
    bins[i].interval.reset();
    if (mean.halfWidth)
      bins[i].interval = Interval{mean.mean - *mean.halfWidth, mean.mean + *mean.halfWidth};
  }
  std::erase_if(bins, [](const PositionFigure& bin) { return bin.tokens == 0; });
  return bins;
}

}  // namespace kvloupe
