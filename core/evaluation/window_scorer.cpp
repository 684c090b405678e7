// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/window_scorer.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace kvloupe {
namespace {

constexpr std::int64_t kHiddenBudgetBytes = std::int64_t{512} << 20;
/// Hidden states of compressed layers that wait for the output head.
constexpr std::int64_t kWaitingBytes = std::int64_t{128} << 20;

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

int WindowScorer::windowsAtOnce() const {
  // Of every window two sequences, the uncompressed and the compressed one.
  return windows_.empty() ? 1 : std::max(1, model_.sequencesAtOnce(2 * windows_.front().length));
}

void WindowScorer::keep(std::size_t window, const at::Tensor& hidden) {
  const std::int64_t bytes = hidden.numel() * hidden.element_size();
  if (keptBytes_ + bytes > kHiddenBudgetBytes) return;
  baselines_[window].hidden = hidden;
  keptBytes_ += bytes;
}

WindowScorer::Hidden WindowScorer::hiddenOf(std::span<const std::size_t> windows,
                                            const CacheTransform* transform,
                                            const std::stop_token& stop,
                                            const CausalLm::LayerFn& afterLayer) {
  std::vector<std::vector<std::int32_t>> ids;
  for (const std::size_t window : windows) ids.push_back(idsOf(window));
  std::vector<CausalLm::Sequence> sequences;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const ForwardContext plain{.observer = nullptr, .transform = nullptr, .stop = stop};
    if (!baselines_[windows[i]].hidden.defined())
      sequences.push_back({.ids = ids[i], .context = plain});
    if (transform != nullptr)
      sequences.push_back(
          {.ids = ids[i], .context = {.observer = nullptr, .transform = transform, .stop = stop}});
  }
  // One after the other where there is no layer to be read: a stop comes sooner, and less is held.
  std::vector<at::Tensor> passed;
  if (model_.streams())
    passed = model_.forward(sequences, afterLayer);
  else
    for (const CausalLm::Sequence& sequence : sequences)
      passed.push_back(model_.forward(sequence.ids, sequence.context));

  Hidden hidden;
  auto next = passed.begin();
  for (const std::size_t window : windows) {
    const ScoredWindow& w = windows_[window];
    const auto scored = [&](const at::Tensor& whole) {  // position i predicts token i + 1
      return whole.narrow(0, w.scoreFrom - 1, w.scored());
    };
    const at::Tensor& kept = baselines_[window].hidden;
    const bool known = kept.defined();
    hidden.baseline.push_back(known ? kept : scored(*next++));
    if (!known) keep(window, hidden.baseline.back());
    if (transform != nullptr) hidden.compressed.push_back(scored(*next++));
  }
  return hidden;
}

std::vector<std::vector<float>> WindowScorer::baselineNll(std::span<const std::size_t> windows,
                                                          const std::stop_token& stop,
                                                          const CausalLm::LayerFn& afterLayer) {
  std::vector<std::size_t> unknown;
  for (const std::size_t window : windows)
    if (baselines_[window].nll.empty()) unknown.push_back(window);
  const Hidden hidden = hiddenOf(unknown, nullptr, stop, afterLayer);
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    const std::vector<std::int32_t> ids = idsOf(unknown[i]);
    baselines_[unknown[i]].nll =
        model_.head().score(hidden.baseline[i], targetsOf(ids, windows_[unknown[i]]), stop).nll;
  }
  std::vector<std::vector<float>> nll;
  for (const std::size_t window : windows) nll.push_back(baselines_[window].nll);
  return nll;
}

std::vector<TokenComparison> WindowScorer::compare(std::span<const std::size_t> windows,
                                                   const CacheTransform& transform,
                                                   const std::stop_token& stop,
                                                   const CausalLm::LayerFn& afterLayer) {
  const Hidden hidden = hiddenOf(windows, &transform, stop, afterLayer);
  std::vector<std::vector<std::int32_t>> ids;
  for (const std::size_t window : windows) ids.push_back(idsOf(window));
  std::vector<OutputHead::Sequence> sequences;
  for (std::size_t i = 0; i < windows.size(); ++i)
    sequences.push_back({.baseline = hidden.baseline[i],
                         .others = {hidden.compressed[i]},
                         .targets = targetsOf(ids[i], windows_[windows[i]])});
  std::vector<TokenComparison> comparisons = model_.head().compare(sequences, stop);
  for (std::size_t i = 0; i < windows.size(); ++i)
    if (baselines_[windows[i]].nll.empty()) baselines_[windows[i]].nll = comparisons[i].baselineNll;
  return comparisons;
}

void WindowScorer::compareLayers(
    std::size_t window, std::span<const LayerTransform> transforms, const std::stop_token& stop,
    const std::function<void(std::size_t)>& passed,
    const std::function<void(std::size_t, const TokenComparison&)>& take) {
  const ScoredWindow& w = windows_[window];
  const std::vector<std::int32_t> ids = idsOf(window);
  const at::Tensor entering = model_.embed(ids);  // [tokens, hidden], as it enters layer `reached`
  const ForwardContext untouched{.observer = nullptr, .transform = nullptr, .stop = stop};
  const int layers = model_.config().numLayers;
  const auto scored = [&](const at::Tensor& whole) {
    return whole.narrow(0, w.scoreFrom - 1, w.scored());
  };
  int reached = 0;
  // The baseline's logits are computed once for all that wait.
  OutputHead::Sequence waiting{
      .baseline = baselines_[window].hidden, .others = {}, .targets = targetsOf(ids, w)};
  const std::size_t together = std::size_t(std::max<std::int64_t>(
      1, kWaitingBytes / (entering.numel() * std::int64_t(entering.element_size()))));
  std::size_t taken = 0;
  const auto compareWaiting = [&] {
    const bool last = taken + waiting.others.size() == transforms.size();
    if (!waiting.baseline.defined() && last) {
      model_.runLayers(entering, reached, layers, untouched);
      model_.finish(entering);
      waiting.baseline = scored(entering);
      keep(window, waiting.baseline);
    } else if (!waiting.baseline.defined()) {
      waiting.baseline = hiddenOf(std::span(&window, 1), nullptr, stop, {}).baseline.front();
    }
    for (const TokenComparison& tokens : model_.head().compare(std::span(&waiting, 1), stop))
      take(taken++, tokens);
    waiting.others.clear();
  };
  for (const auto& [layer, transform] : transforms) {
    model_.runLayers(entering, reached, layer, untouched);
    reached = layer;
    const at::Tensor hidden = entering.clone();
    model_.runLayers(hidden, layer, layers,
                     {.observer = nullptr, .transform = transform, .stop = stop});
    model_.finish(hidden);
    waiting.others.push_back(scored(hidden));
    passed(taken + waiting.others.size());
    if (waiting.others.size() == together) compareWaiting();
  }
  if (!waiting.others.empty()) compareWaiting();
}

}  // namespace kvloupe
