// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "evaluation/protocol.hpp"
#include "model/cache_transform.hpp"
#include "model/causal_lm.hpp"
#include "model/output_head.hpp"

namespace kvloupe {

/// A compression of one layer, all others untouched.
struct LayerTransform {
  int layer = 0;
  const CacheTransform* transform = nullptr;
};

/// The windows of one tokenized text under one model: what the uncompressed model says of each is
/// computed once and kept, so that a plan costs one pass and not two. Hidden states are kept up to
/// a budget of memory; beyond it they are computed again, to the same bits.
class WindowScorer {
 public:
  /// `bos` replaces the first token of windows that ask for it.
  WindowScorer(const CausalLm& model, std::vector<std::int32_t> ids,
               std::vector<ScoredWindow> windows, std::optional<std::int32_t> bos);

  [[nodiscard]] const std::vector<ScoredWindow>& windows() const { return windows_; }

  /// What goes through the model: BOS in the place of the first token where the window asks for it.
  [[nodiscard]] std::vector<std::int32_t> idsOf(std::size_t window) const;

  /// How many windows should be measured together: 1 unless the model is streamed.
  [[nodiscard]] int windowsAtOnce() const;

  /// NLL of the windows' scored tokens under the uncompressed model, nats. Throws Cancelled.
  std::vector<std::vector<float>> baselineNll(std::span<const std::size_t> windows,
                                              const std::stop_token& stop,
                                              const CausalLm::LayerFn& afterLayer = {});

  /// Uncompressed and compressed model on the same tokens. Throws Cancelled.
  std::vector<TokenComparison> compare(std::span<const std::size_t> windows,
                                       const CacheTransform& transform, const std::stop_token& stop,
                                       const CausalLm::LayerFn& afterLayer = {});

  /// The same for many compressions of one layer each, in ascending order of layers: the layers
  /// before it run once for all of them. `take(i, tokens)` is called for every transform,
  /// `passed(count)` each time that another has gone through the layers. Throws Cancelled.
  void compareLayers(std::size_t window, std::span<const LayerTransform> transforms,
                     const std::stop_token& stop, const std::function<void(std::size_t)>& passed,
                     const std::function<void(std::size_t, const TokenComparison&)>& take);

 private:
  struct Baseline {
    std::vector<float> nll;
    at::Tensor hidden;  // [scored, hidden]; undefined where the budget is spent
  };

  /// Hidden states of scored positions, [scored, hidden], of each window.
  struct Hidden {
    std::vector<at::Tensor> baseline;    // kept if the budget allows
    std::vector<at::Tensor> compressed;  // empty without a transform
  };
  /// All that is not kept, in one pass.
  Hidden hiddenOf(std::span<const std::size_t> windows, const CacheTransform* transform,
                  const std::stop_token& stop, const CausalLm::LayerFn& afterLayer);
  void keep(std::size_t window, const at::Tensor& hidden);

  const CausalLm& model_;
  std::vector<std::int32_t> ids_;
  std::vector<ScoredWindow> windows_;
  std::optional<std::int32_t> bos_;
  std::vector<Baseline> baselines_;
  std::int64_t keptBytes_ = 0;
};

}  // namespace kvloupe
