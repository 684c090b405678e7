// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/window_results.hpp"

#include <fmt/format.h>

#include <utility>

#include "common/error.hpp"

namespace kvloupe {
namespace {

template <typename T>
std::vector<T> slice(const std::vector<T>& values, std::size_t begin, std::size_t size) {
  if (values.empty()) return {};
  const auto first = values.begin() + std::ptrdiff_t(begin);
  return {first, first + std::ptrdiff_t(size)};
}

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& values) {
  to.insert(to.end(), values.begin(), values.end());
}

}  // namespace

WindowResults::WindowResults(std::span<const ScoredWindow> windows) : results_(windows.size()) {
  for (const ScoredWindow& window : windows) {
    tokens_.push_back(std::int32_t(window.scored()));
    first_.push_back(std::int32_t(window.scoreFrom));
  }
}

WindowResults::WindowResults(const Evaluation& evaluation)
    : tokens_(evaluation.windowTokens),
      first_(evaluation.windowFirst),
      results_(evaluation.windowTokens.size()) {
  if (first_.size() == tokens_.size() && adopt(evaluation)) return;
  throw Error(ErrorCode::Mismatch,
              {.message = "per-token figures do not fit their windows",
               .file = {},
               .place = evaluation.specText.empty() ? "the baseline" : evaluation.specText,
               .expected = "an entry a scored token and window",
               .found = fmt::format("{} tokens in {} windows", evaluation.baselineNll.size(),
                                    tokens_.size()),
               .advice = {}});
}

bool WindowResults::adopt(const Evaluation& known) {
  if (known.windowTokens != tokens_ || known.windowMeasured.size() != tokens_.size()) return false;
  std::size_t measured = 0;
  for (std::size_t w = 0; w < tokens_.size(); ++w)
    if (known.windowMeasured[w] != 0) measured += std::size_t(tokens_[w]);
  const auto whole = [&](const auto& values) {
    return values.empty() || values.size() == measured;
  };
  if (known.baselineNll.size() != measured || !whole(known.nll) || !whole(known.kl) ||
      !whole(known.sameTop1) || known.nll.size() != known.kl.size() ||
      known.nll.size() != known.sameTop1.size())
    return false;
  std::size_t begin = 0;
  for (std::size_t w = 0; w < tokens_.size(); ++w) {
    if (known.windowMeasured[w] == 0) continue;
    const auto size = std::size_t(tokens_[w]);
    results_[w] = {.baselineNll = slice(known.baselineNll, begin, size),
                   .nll = slice(known.nll, begin, size),
                   .kl = slice(known.kl, begin, size),
                   .sameTop1 = slice(known.sameTop1, begin, size)};
    begin += size;
  }
  return true;
}

void WindowResults::put(std::size_t window, TokenComparison tokens) {
  results_[window] = std::move(tokens);
}

const TokenComparison* WindowResults::find(std::size_t window) const {
  return results_[window].baselineNll.empty() ? nullptr : &results_[window];
}

void WindowResults::addTo(FigureAccumulator& figures, std::size_t window) const {
  const TokenComparison& tokens = results_[window];
  if (tokens.nll.empty())
    figures.add(tokens.baselineNll);
  else
    figures.add({.baselineNll = tokens.baselineNll,
                 .nll = tokens.nll,
                 .kl = tokens.kl,
                 .sameTop1 = tokens.sameTop1,
                 .firstPosition = first_[window]});
}

void WindowResults::fill(Evaluation& evaluation) const {
  evaluation.nll.clear();
  evaluation.baselineNll.clear();
  evaluation.kl.clear();
  evaluation.sameTop1.clear();
  evaluation.windowTokens = tokens_;
  evaluation.windowFirst = first_;
  evaluation.windowMeasured.clear();
  for (const TokenComparison& result : results_) {
    append(evaluation.nll, result.nll);
    append(evaluation.baselineNll, result.baselineNll);
    append(evaluation.kl, result.kl);
    append(evaluation.sameTop1, result.sameTop1);
    evaluation.windowMeasured.push_back(result.baselineNll.empty() ? 0 : 1);
  }
}

}  // namespace kvloupe
