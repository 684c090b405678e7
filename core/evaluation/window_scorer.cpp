// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/window_scorer.hpp"

#include <span>
#include <utility>

namespace kvloupe {
namespace {

constexpr std::int64_t kHiddenBudgetBytes = std::int64_t{512} << 20;

/// Targets of the scored positions, [scored].
std::span<const std::int32_t> targetsOf(const std::vector<std::int32_t>& ids,
                                        const ScoredWindow& window) {
  return std::span(ids).subspan(std::size_t(window.scoreFrom));
}

}  // namespace

WindowScorer::WindowScorer(const CausalLm& model, std::vector<std::int32_t> ids,
                           std::vector<ScoredWindow> windows, std::optional<std::int32_t> bos)
    : model_(model),
      ids_(std::move(ids)),
      windows_(std::move(windows)),
      bos_(bos),
      baselines_(windows_.size()) {}

std::vector<std::int32_t> WindowScorer::idsOf(std::size_t window) const {
  const ScoredWindow& w = windows_[window];
  std::vector<std::int32_t> ids(ids_.begin() + w.begin, ids_.begin() + w.begin + w.length);
  if (w.bosFirst && bos_) ids.front() = *bos_;
  return ids;
}

at::Tensor WindowScorer::hiddenOf(std::size_t window, const CacheTransform* transform,
                                  const std::stop_token& stop) const {
  const ScoredWindow& w = windows_[window];
  const at::Tensor hidden =
      model_.forward(idsOf(window), {.observer = nullptr, .transform = transform, .stop = stop});
  return hidden.narrow(0, w.scoreFrom - 1, w.scored());  // position i predicts token i + 1
}

at::Tensor WindowScorer::baselineHidden(std::size_t window, const std::stop_token& stop) {
  Baseline& baseline = baselines_[window];
  if (baseline.hidden.defined()) return baseline.hidden;
  const at::Tensor hidden = hiddenOf(window, nullptr, stop);
  const std::int64_t bytes = hidden.numel() * hidden.element_size();
  if (keptBytes_ + bytes <= kHiddenBudgetBytes) {
    baseline.hidden = hidden;
    keptBytes_ += bytes;
  }
  return hidden;
}

const std::vector<float>& WindowScorer::baselineNll(std::size_t window,
                                                    const std::stop_token& stop) {
  Baseline& baseline = baselines_[window];
  if (baseline.nll.empty()) {
    const std::vector<std::int32_t> ids = idsOf(window);
    baseline.nll = model_.head()
                       .score(baselineHidden(window, stop), targetsOf(ids, windows_[window]), stop)
                       .nll;
  }
  return baseline.nll;
}

TokenComparison WindowScorer::compare(std::size_t window, const CacheTransform& transform,
                                      const std::stop_token& stop) {
  const at::Tensor before = baselineHidden(window, stop);
  const at::Tensor after = hiddenOf(window, &transform, stop);
  const std::vector<std::int32_t> ids = idsOf(window);
  TokenComparison comparison =
      model_.head().compare(before, after, targetsOf(ids, windows_[window]), stop);
  if (baselines_[window].nll.empty()) baselines_[window].nll = comparison.baselineNll;
  return comparison;
}

void WindowScorer::compareLayers(
    std::size_t window, std::span<const LayerTransform> transforms, const std::stop_token& stop,
    const std::function<void(std::size_t, const TokenComparison&)>& take) {
  const ScoredWindow& w = windows_[window];
  const std::vector<std::int32_t> ids = idsOf(window);
  const at::Tensor before = baselineHidden(window, stop);
  const at::Tensor entering = model_.embed(ids);  // [tokens, hidden], as it enters layer `reached`
  const ForwardContext untouched{.observer = nullptr, .transform = nullptr, .stop = stop};
  int reached = 0;
  for (std::size_t i = 0; i < transforms.size(); ++i) {
    const auto [layer, transform] = transforms[i];
    model_.runLayers(entering, reached, layer, untouched);
    reached = layer;
    const at::Tensor hidden = entering.clone();
    model_.runLayers(hidden, layer, model_.config().numLayers,
                     {.observer = nullptr, .transform = transform, .stop = stop});
    model_.finish(hidden);
    take(i, model_.head().compare(before, hidden.narrow(0, w.scoreFrom - 1, w.scored()),
                                  targetsOf(ids, w), stop));
  }
}

}  // namespace kvloupe
