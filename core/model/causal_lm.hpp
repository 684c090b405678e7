// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "common/progress.hpp"
#include "io/weight_source.hpp"
#include "model/attention_weights.hpp"
#include "model/block.hpp"
#include "model/config/model_config.hpp"
#include "model/forward_context.hpp"
#include "model/output_head.hpp"
#include "model/rope.hpp"

namespace kvloupe {

/// A decoder-only language model, its weights in memory in float32, on the CPU.
class CausalLm {
 public:
  /// Reads all weights and lets libtorch use every core. Throws Error where the model cannot be run
  /// or the weights do not fit the config, and Cancelled.
  static std::unique_ptr<CausalLm> load(const ModelConfig& config, const WeightSource& source,
                                        std::stop_token stop, const ProgressFn& progress);

  [[nodiscard]] const ModelConfig& config() const { return config_; }

  /// Hidden states after the final norm of one sequence, [tokens, hidden], float32. The same ids
  /// give the same bits on the same machine and number of threads. Throws Cancelled; Error for no
  /// ids, one outside the vocabulary, or more than there are learned positions.
  [[nodiscard]] at::Tensor forward(std::span<const std::int32_t> ids,
                                   const ForwardContext& context) const;

  // The same in parts, for passes that share their first layers: `forward` is `embed`, `runLayers`
  // over all of them and `finish`. All throw what `forward` throws.

  /// What enters layer 0: [tokens, hidden], float32.
  [[nodiscard]] at::Tensor embed(std::span<const std::int32_t> ids) const;
  /// Layers [first, end) on `hidden` [tokens, hidden] as it enters layer `first`, in place.
  void runLayers(const at::Tensor& hidden, int first, int end, const ForwardContext& context) const;
  /// The final norm, in place.
  void finish(const at::Tensor& hidden) const;

  [[nodiscard]] const OutputHead& head() const { return head_; }

  [[nodiscard]] AttentionWeights attentionWeights(int layer) const;
  /// Rotary angles of positions 0 .. tokens - 1 in a layer.
  [[nodiscard]] RopeAngles angles(int layer, std::int64_t tokens) const;

 private:
  CausalLm(const ModelConfig& config, WeightReader& reader);
  void checkLength(std::size_t tokens) const;

  ModelConfig config_;
  at::Tensor embedding_;  // [vocab, hidden]
  at::Tensor positions_;  // [maxPositions, hidden], or undefined
  Rope rope_;
  Rope slidingRope_;  // of sliding layers
  std::vector<Block> blocks_;
  Norm finalNorm_;  // its result scaled as the head wants it
  OutputHead head_;
};

}  // namespace kvloupe
