// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/config/tensor_patterns.hpp"

#include <algorithm>
#include <utility>

namespace kvloupe {
namespace {

class Patterns {
 public:
  explicit Patterns(const ModelConfig& config) : config_(config) {}

  std::vector<TensorPattern> take() {
    switch (config_.family) {
      case Family::Gpt2:
        gpt2();
        break;
      case Family::GptNeox:
        gptNeox();
        break;
      default:
        llamaLike();
    }
    return std::move(patterns_);
  }

 private:
  using Shape = std::vector<std::int64_t>;

  void add(std::string name, Shape shape) {
    patterns_.push_back({std::move(name), std::move(shape)});
  }

  void addLayer(const std::string& name, Shape shape, TensorLayers layers = TensorLayers::All,
                int experts = 0) {
    patterns_.push_back({prefix_ + name, std::move(shape), layers, experts});
  }

  /// A projection [out, in], with a bias or without.
  void linear(const std::string& name, std::int64_t out, std::int64_t in, bool bias,
              TensorLayers layers = TensorLayers::All, int experts = 0) {
    addLayer(name + ".weight", {out, in}, layers, experts);
    if (bias) addLayer(name + ".bias", {out}, layers, experts);
  }

  /// GPT-2 stores [in, out].
  void convolution(const std::string& name, std::int64_t in, std::int64_t out) {
    addLayer(name + ".weight", {in, out});
    addLayer(name + ".bias", {out});
  }

  void layerNorm(const std::string& name) {
    addLayer(name + ".weight", {hidden_});
    addLayer(name + ".bias", {hidden_});
  }

  void gatedMlp(const std::string& name, std::int64_t inner, bool bias, TensorLayers layers,
                int experts = 0) {
    linear(name + ".gate_proj", inner, hidden_, bias, layers, experts);
    linear(name + ".up_proj", inner, hidden_, bias, layers, experts);
    linear(name + ".down_proj", hidden_, inner, bias, layers, experts);
  }

  void head(const std::string& name) {
    if (!config_.tieWordEmbeddings) add(name, {vocab_, hidden_});
  }

  void llamaLike() {
    prefix_ = "model.layers.{layer}.";
    const bool gemma = config_.family == Family::Gemma2 || config_.family == Family::Gemma3;
    add("model.embed_tokens.weight", {vocab_, hidden_});
    addLayer("input_layernorm.weight", {hidden_});
    if (config_.mla)
      latentAttention(*config_.mla);
    else
      attention();
    addLayer("post_attention_layernorm.weight", {hidden_});
    if (gemma) addLayer("pre_feedforward_layernorm.weight", {hidden_});
    feedForward();
    if (gemma) addLayer("post_feedforward_layernorm.weight", {hidden_});
    add("model.norm.weight", {hidden_});
    head("lm_head.weight");
  }

  void attention() {
    const std::int64_t headDim = config_.headDim;
    const std::int64_t queries = config_.numHeads * headDim;
    const std::int64_t keys = config_.numKvHeads * headDim;
    if (config_.family == Family::Phi3) {
      linear("self_attn.qkv_proj", queries + 2 * keys, hidden_, false);
    } else {
      linear("self_attn.q_proj", queries, hidden_, config_.qkvBias);
      linear("self_attn.k_proj", keys, hidden_, config_.qkvBias);
      linear("self_attn.v_proj", keys, hidden_, config_.qkvBias);
    }
    if (config_.family == Family::Qwen3 || config_.family == Family::Gemma3) {
      addLayer("self_attn.q_norm.weight", {headDim});
      addLayer("self_attn.k_norm.weight", {headDim});
    }
    linear("self_attn.o_proj", hidden_, queries, config_.oBias);
  }

  void latentAttention(const MlaConfig& mla) {
    const std::int64_t heads = config_.numHeads;
    const std::int64_t queries = heads * config_.headDim;
    if (mla.qLoraRank) {
      linear("self_attn.q_a_proj", *mla.qLoraRank, hidden_, config_.qkvBias);
      addLayer("self_attn.q_a_layernorm.weight", {*mla.qLoraRank});
      linear("self_attn.q_b_proj", queries, *mla.qLoraRank, false);
    } else {
      linear("self_attn.q_proj", queries, hidden_, false);
    }
    linear("self_attn.kv_a_proj_with_mqa", std::int64_t{mla.kvLoraRank} + mla.qkRopeHeadDim,
           hidden_, config_.qkvBias);
    addLayer("self_attn.kv_a_layernorm.weight", {mla.kvLoraRank});
    linear("self_attn.kv_b_proj", heads * (std::int64_t{mla.qkNopeHeadDim} + mla.vHeadDim),
           mla.kvLoraRank, false);
    linear("self_attn.o_proj", hidden_, heads * mla.vHeadDim, config_.oBias);
  }

  void feedForward() {
    const std::int64_t inner = config_.intermediateSize;
    if (config_.family == Family::Phi3) {
      linear("mlp.gate_up_proj", 2 * inner, hidden_, false);
      linear("mlp.down_proj", hidden_, inner, false);
      return;
    }
    gatedMlp("mlp", inner, config_.mlpBias, TensorLayers::Dense);
    if (config_.moe) experts(*config_.moe);
  }

  void experts(const MoeConfig& moe) {
    const std::int64_t inner = moe.moeIntermediateSize;
    const std::int64_t shared = moe.sharedIntermediateSize;
    const int count = moe.numRoutedExperts;
    const TensorLayers layers = TensorLayers::Moe;
    if (config_.family == Family::Mixtral) {
      linear("block_sparse_moe.gate", count, hidden_, false, layers);
      const std::string expert = "block_sparse_moe.experts.{expert}.";
      linear(expert + "w1", inner, hidden_, false, layers, count);
      linear(expert + "w2", hidden_, inner, false, layers, count);
      linear(expert + "w3", inner, hidden_, false, layers, count);
      return;
    }
    linear("mlp.gate", count, hidden_, false, layers);
    if (moe.routing == ExpertRouting::NoAuxTc)
      addLayer("mlp.gate.e_score_correction_bias", {count}, layers);
    gatedMlp("mlp.experts.{expert}", inner, false, layers, count);
    if (config_.family == Family::Qwen2Moe) {
      gatedMlp("mlp.shared_expert", shared, false, layers);
      linear("mlp.shared_expert_gate", 1, hidden_, false, layers);
    } else if (shared > 0) {
      gatedMlp("mlp.shared_experts", shared, config_.mlpBias, layers);
    }
  }

  void gpt2() {
    prefix_ = "transformer.h.{layer}.";
    add("transformer.wte.weight", {vocab_, hidden_});
    add("transformer.wpe.weight", {config_.maxPositions, hidden_});
    layerNorm("ln_1");
    convolution("attn.c_attn", hidden_, 3 * hidden_);
    convolution("attn.c_proj", hidden_, hidden_);
    layerNorm("ln_2");
    convolution("mlp.c_fc", hidden_, config_.intermediateSize);
    convolution("mlp.c_proj", config_.intermediateSize, hidden_);
    add("transformer.ln_f.weight", {hidden_});
    add("transformer.ln_f.bias", {hidden_});
    head("lm_head.weight");
  }

  void gptNeox() {
    prefix_ = "gpt_neox.layers.{layer}.";
    add("gpt_neox.embed_in.weight", {vocab_, hidden_});
    layerNorm("input_layernorm");
    layerNorm("post_attention_layernorm");
    linear("attention.query_key_value", 3 * hidden_, hidden_, config_.qkvBias);
    linear("attention.dense", hidden_, hidden_, config_.oBias);
    linear("mlp.dense_h_to_4h", config_.intermediateSize, hidden_, true);
    linear("mlp.dense_4h_to_h", hidden_, config_.intermediateSize, true);
    add("gpt_neox.final_layer_norm.weight", {hidden_});
    add("gpt_neox.final_layer_norm.bias", {hidden_});
    head("embed_out.weight");
  }

  const ModelConfig& config_;
  const std::int64_t hidden_ = config_.hiddenSize;
  const std::int64_t vocab_ = config_.vocabSize;
  std::string prefix_;
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
