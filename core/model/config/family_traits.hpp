// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/config/model_config.hpp"

namespace kvloupe {

/// How the projections of queries, keys and values stand in a checkpoint.
enum class QkvStorage : std::uint8_t {
  Separate,    // q_proj, k_proj, v_proj
  Stacked,     // one module: all queries above all keys above all values
  HeadByHead,  // one module: query, key and value of the first head, then of the second
};

/// Which dimensions of a head turn together.
enum class RotaryPairs : std::uint8_t {
  Halves,         // (i, i + dim / 2), as GPT-NeoX and Llama
  Interleaved,    // (2i, 2i + 1), in the cache too
  Deinterleaved,  // (2i, 2i + 1) in the weights, halves in the cache
};

/// What config.json does not say because the model's class in transformers knows it: how modules
/// are called in a checkpoint, and what differs in what they compute. The defaults are Llama's.
struct FamilyTraits {
  // Modules outside of the layers; `base` precedes all names but the head's.
  std::string_view base = "model.";
  std::string_view embedding = "embed_tokens";
  std::string_view positions = {};  // learned positions; empty: none
  std::string_view layers = "layers";
  std::string_view finalNorm = "norm";
  std::string_view head = "lm_head";

  // Modules of a layer. A post norm that has a name is there.
  std::string_view attentionNorm = "input_layernorm";
  std::string_view attention = "self_attn";
  std::string_view postAttentionNorm = {};
  std::string_view mlpNorm = "post_attention_layernorm";
  std::string_view mlp = "mlp";
  std::string_view postMlpNorm = {};

  // Projections of attention and MLP.
  QkvStorage qkvStorage = QkvStorage::Separate;
  std::string_view qkv = {};  // the one module's name, unless separate
  std::string_view attentionOutput = "o_proj";
  std::array<std::string_view, 2> mlpIn = {"gate_proj", "up_proj"};  // one name: one module
  std::string_view mlpOut = "down_proj";
  std::string_view sharedExperts = "shared_experts";

  bool gatedMlp = true;            // act(gate(x)) * up(x), else act(in(x))
  bool transposedWeights = false;  // projections stand as [in, out]
  bool layerNorm = false;          // LayerNorm with biases instead of RMSNorm
  bool unitOffsetNorm = false;     // norms multiply by 1 + weight
  bool queryKeyNorm = false;       // q_norm and k_norm over each head, before RoPE
  bool sharedExpertGate = false;   // shared experts times sigmoid(shared_expert_gate(x))
  bool yarnSoftmaxScale = false;   // softmax scale times (YaRN's mscale_all_dim)^2
  RotaryPairs rotaryPairs = RotaryPairs::Halves;
};

[[nodiscard]] const FamilyTraits& familyTraits(Family family);

}  // namespace kvloupe
