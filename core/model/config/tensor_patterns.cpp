// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/config/tensor_patterns.hpp"

#include <algorithm>
#include <utility>

#include "model/config/family_traits.hpp"

namespace kvloupe {
namespace {

class Patterns {
 public:
  explicit Patterns(const ModelConfig& config) : config_(config) {}

  std::vector<TensorPattern> take() {
    outside(traits_.embedding, ".weight", {vocab_, hidden_});
    if (!traits_.positions.empty())
      outside(traits_.positions, ".weight", {config_.maxPositions, hidden_});
    norm(traits_.attentionNorm, hidden_);
    if (config_.mla)
      latentAttention(*config_.mla);
    else
      attention();
    if (!traits_.postAttentionNorm.empty()) norm(traits_.postAttentionNorm, hidden_);
    norm(traits_.mlpNorm, hidden_);
    feedForward();
    if (!traits_.postMlpNorm.empty()) norm(traits_.postMlpNorm, hidden_);
    outside(traits_.finalNorm, ".weight", {hidden_});
    if (traits_.layerNorm) outside(traits_.finalNorm, ".bias", {hidden_});
    if (!config_.tieWordEmbeddings)
      patterns_.push_back({std::string(traits_.head) + ".weight", {vocab_, hidden_}});
    return std::move(patterns_);
  }

 private:
  using Shape = std::vector<std::int64_t>;

  void outside(std::string_view module, std::string_view part, Shape shape) {
    patterns_.push_back({std::string(traits_.base).append(module).append(part), std::move(shape)});
  }

  void addLayer(const std::string& name, Shape shape, TensorLayers layers = TensorLayers::All,
                int experts = 0) {
    patterns_.push_back({prefix_ + name, std::move(shape), layers, experts});
  }

  void norm(std::string_view name, std::int64_t size) {
    addLayer(std::string(name) + ".weight", {size});
    if (traits_.layerNorm) addLayer(std::string(name) + ".bias", {size});
  }

  /// A projection from `in` to `out` dimensions, with a bias or without.
  void linear(const std::string& name, std::int64_t out, std::int64_t in, bool bias,
              TensorLayers layers = TensorLayers::All, int experts = 0) {
    addLayer(name + ".weight", traits_.transposedWeights ? Shape{in, out} : Shape{out, in}, layers,
             experts);
    if (bias) addLayer(name + ".bias", {out}, layers, experts);
  }

  void attention() {
    const std::string module = std::string(traits_.attention) + '.';
    const std::int64_t headDim = config_.headDim;
    const std::int64_t queries = config_.numHeads * headDim;
    const std::int64_t keys = config_.numKvHeads * headDim;
    if (traits_.qkvStorage == QkvStorage::Separate) {
      linear(module + "q_proj", queries, hidden_, config_.qkvBias);
      linear(module + "k_proj", keys, hidden_, config_.qkvBias);
      linear(module + "v_proj", keys, hidden_, config_.qkvBias);
    } else {
      linear(module + std::string(traits_.qkv), queries + 2 * keys, hidden_, config_.qkvBias);
    }
    if (traits_.queryKeyNorm) {
      norm(module + "q_norm", headDim);
      norm(module + "k_norm", headDim);
    }
    linear(module + std::string(traits_.attentionOutput), hidden_, queries, config_.oBias);
  }

  void latentAttention(const MlaConfig& mla) {
    const std::string module = std::string(traits_.attention) + '.';
    const std::int64_t heads = config_.numHeads;
    const std::int64_t queries = heads * config_.headDim;
    if (mla.qLoraRank) {
      linear(module + "q_a_proj", *mla.qLoraRank, hidden_, config_.qkvBias);
      norm(module + "q_a_layernorm", *mla.qLoraRank);
      linear(module + "q_b_proj", queries, *mla.qLoraRank, false);
    } else {
      linear(module + "q_proj", queries, hidden_, false);
    }
    linear(module + "kv_a_proj_with_mqa", std::int64_t{mla.kvLoraRank} + mla.qkRopeHeadDim, hidden_,
           config_.qkvBias);
    norm(module + "kv_a_layernorm", mla.kvLoraRank);
    linear(module + "kv_b_proj", heads * (std::int64_t{mla.qkNopeHeadDim} + mla.vHeadDim),
           mla.kvLoraRank, false);
    linear(module + "o_proj", hidden_, heads * mla.vHeadDim, config_.oBias);
  }

  void mlp(const std::string& module, std::int64_t inner, bool bias, TensorLayers layers,
           int experts = 0) {
    const auto& in = traits_.mlpIn;
    const std::int64_t modules = in[1].empty() ? 1 : 2;
    const std::int64_t rows = (traits_.gatedMlp ? 2 : 1) * inner / modules;
    for (const std::string_view name : in)
      if (!name.empty())
        linear(module + '.' + std::string(name), rows, hidden_, bias, layers, experts);
    linear(module + '.' + std::string(traits_.mlpOut), hidden_, inner, bias, layers, experts);
  }

  void feedForward() {
    const std::string module(traits_.mlp);
    mlp(module, config_.intermediateSize, config_.mlpBias, TensorLayers::Dense);
    if (!config_.moe) return;
    const MoeConfig& moe = *config_.moe;
    const TensorLayers layers = TensorLayers::Moe;
    linear(module + ".gate", moe.numRoutedExperts, hidden_, false, layers);
    if (moe.routing == ExpertRouting::NoAuxTc)
      addLayer(module + ".gate.e_score_correction_bias", {moe.numRoutedExperts}, layers);
    mlp(module + ".experts.{expert}", moe.moeIntermediateSize, false, layers, moe.numRoutedExperts);
    if (moe.sharedIntermediateSize == 0) return;
    mlp(module + '.' + std::string(traits_.sharedExperts), moe.sharedIntermediateSize,
        config_.mlpBias, layers);
    if (traits_.sharedExpertGate) linear(module + ".shared_expert_gate", 1, hidden_, false, layers);
  }

  const ModelConfig& config_;
  const FamilyTraits& traits_ = familyTraits(config_.family);
  const std::int64_t hidden_ = config_.hiddenSize;
  const std::int64_t vocab_ = config_.vocabSize;
  const std::string prefix_ = std::string(traits_.base).append(traits_.layers) + ".{layer}.";
  std::vector<TensorPattern> patterns_;
};

}  // namespace

std::vector<TensorPattern> tensorPatterns(const ModelConfig& config) {
  return Patterns(config).take();
}

bool layerHas(const TensorPattern& pattern, const ModelConfig& config, int layer) {
  switch (pattern.layers) {
    case TensorLayers::None:
      return false;
    case TensorLayers::All:
      return true;
    case TensorLayers::Dense:
      return !isMoeLayer(config, layer);
    case TensorLayers::Moe:
      return isMoeLayer(config, layer);
  }
  return false;
}

std::int64_t copies(const TensorPattern& pattern, const ModelConfig& config) {
  std::int64_t layers = pattern.layers == TensorLayers::None ? 1 : 0;
  for (int layer = 0; layer < config.numLayers; ++layer) layers += layerHas(pattern, config, layer);
  return layers * std::max(1, pattern.experts);
}

}  // namespace kvloupe
