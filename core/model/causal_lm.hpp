// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "common/progress.hpp"
#include "io/weight_source.hpp"
#include "model/attention_weights.hpp"
#include "model/config/model_config.hpp"
#include "model/forward_context.hpp"
#include "model/layer_store.hpp"
#include "model/output_head.hpp"
#include "model/rope.hpp"
#include "model/vocabulary_matrix.hpp"

namespace kvloupe {

/// A decoder-only language model on the CPU, its weights in memory, or in their files.
class CausalLm {
 public:
  /// Reads all weights and lets libtorch use every core. Throws Error where the model cannot be run
  /// or the weights do not fit the config, and Cancelled.
  static std::unique_ptr<CausalLm> load(const ModelConfig& config, const WeightSource& source,
                                        std::stop_token stop, const ProgressFn& progress,
                                        ComputeType type = ComputeType::Float32);

  /// The same model without its weights in memory: a pass reads them layer by layer, the embedding
  /// row by row, the output head in chunks of the vocabulary, and computes the same to the bit.
  /// Throws what `load` throws.
  static std::unique_ptr<CausalLm> stream(const ModelConfig& config,
                                          std::shared_ptr<const WeightSource> source,
                                          ComputeType type = ComputeType::Float32);

  [[nodiscard]] bool streams() const { return layers_->streams(); }
  /// How many sequences of so many tokens a pass should take together, so that a layer is read once
  /// for all of them; 1 where the weights are in memory.
  [[nodiscard]] int sequencesAtOnce(std::int64_t tokens) const;

  [[nodiscard]] const ModelConfig& config() const { return config_; }

  /// Hidden states after the final norm of one sequence, [tokens, hidden], float32. The same ids
  /// give the same bits on the same machine and number of threads. Throws Cancelled; Error for no
  /// ids, one outside the vocabulary, or more than there are learned positions.
  [[nodiscard]] at::Tensor forward(std::span<const std::int32_t> ids,
                                   const ForwardContext& context) const;

  struct Sequence {
    std::span<const std::int32_t> ids;
    ForwardContext context;
  };
  /// Called after every layer with the number of layers that all sequences have been through.
  using LayerFn = std::function<void(int layers)>;
  /// `forward` of several sequences, all through one layer before the next. The first context's
  /// `stop` is heard.
  [[nodiscard]] std::vector<at::Tensor> forward(std::span<const Sequence> sequences,
                                                const LayerFn& afterLayer = {}) const;

  // The same in parts, for passes that share their first layers: `forward` is `embed`, `runLayers`
  // over all of them and `finish`. All throw what `forward` throws.

  /// What enters layer 0: [tokens, hidden], float32.
  [[nodiscard]] at::Tensor embed(std::span<const std::int32_t> ids) const;
  /// Layers [first, end) on `hidden` [tokens, hidden] as it enters layer `first`, in place.
  void runLayers(const at::Tensor& hidden, int first, int end, const ForwardContext& context) const;
  /// The final norm, in place.
  void finish(const at::Tensor& hidden) const;

  [[nodiscard]] const OutputHead& head() const { return head_; }

  /// float32; where the model is streamed, read from the file into memory of their own.
  [[nodiscard]] AttentionWeights attentionWeights(int layer) const;
  /// Rotary angles of positions 0 .. tokens - 1 in a layer.
  [[nodiscard]] RopeAngles angles(int layer, std::int64_t tokens) const;

 private:
  /// A sequence on its way: hidden [tokens, hidden], changed in place.
  struct Passing {
    at::Tensor hidden;
    const ForwardContext* context;
  };
  CausalLm(const ModelConfig& config, WeightReader& reader, VocabularyMatrix embedding,
           VocabularyMatrix head, std::unique_ptr<LayerStore> layers);
  void checkLength(std::size_t tokens) const;
  void runLayers(std::span<const Passing> sequences, int first, int end,
                 const LayerFn& afterLayer) const;

  ModelConfig config_;
  VocabularyMatrix embedding_;
  at::Tensor positions_;  // [maxPositions, hidden], or undefined
  Rope rope_;
  Rope slidingRope_;  // of sliding layers
  std::unique_ptr<LayerStore> layers_;
  Norm finalNorm_;  // its result scaled as the head wants it
  OutputHead head_;
};

}  // namespace kvloupe
