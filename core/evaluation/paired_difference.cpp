// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/paired_difference.hpp"

#include <vector>

namespace kvloupe {
namespace {

const std::vector<float>& nllOf(const Evaluation& evaluation) {
  return evaluation.specs.empty() ? evaluation.baselineNll : evaluation.nll;
}

}  // namespace

std::optional<ClusteredMean> pairedDifference(const Evaluation& a, const Evaluation& b) {
  if (a.text.sha256 != b.text.sha256 || a.protocol != b.protocol || a.context != b.context ||
      a.text.tokens != b.text.tokens || a.stride != b.stride || a.windowTokens != b.windowTokens ||
      a.windowMeasured.size() != a.windowTokens.size() ||
      b.windowMeasured.size() != b.windowTokens.size())
    return std::nullopt;
  std::vector<WindowSum> windows;
  std::size_t inA = 0, inB = 0;
  for (std::size_t w = 0; w < a.windowTokens.size(); ++w) {
    const auto tokens = std::size_t(a.windowTokens[w]);
    const bool ofA = a.windowMeasured[w] != 0, ofB = b.windowMeasured[w] != 0;
    if ((ofA && inA + tokens > nllOf(a).size()) || (ofB && inB + tokens > nllOf(b).size()))
      return std::nullopt;
    if (ofA && ofB) {
      WindowSum sum{.tokens = std::int64_t(tokens), .sum = 0};
      for (std::size_t t = 0; t < tokens; ++t)
        sum.sum += double(nllOf(a)[inA + t]) - double(nllOf(b)[inB + t]);
      windows.push_back(sum);
    }
    if (ofA) inA += tokens;
    if (ofB) inB += tokens;
  }
  if (windows.empty()) return std::nullopt;
  return clusteredMean(windows);
}

}  // namespace kvloupe
