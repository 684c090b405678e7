// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/config/family_traits.hpp"

namespace kvloupe {
namespace {

constexpr FamilyTraits kLlama = {};  // mistral and qwen2 as well

constexpr FamilyTraits kGpt2 = {.base = "transformer.",
                                .embedding = "wte",
                                .positions = "wpe",
                                .layers = "h",
                                .finalNorm = "ln_f",
                                .attentionNorm = "ln_1",
                                .attention = "attn",
                                .mlpNorm = "ln_2",
                                .qkvStorage = QkvStorage::Stacked,
                                .qkv = "c_attn",
                                .attentionOutput = "c_proj",
                                .mlpIn = {"c_fc"},
                                .mlpOut = "c_proj",
                                .gatedMlp = false,
                                .transposedWeights = true,
                                .layerNorm = true};

constexpr FamilyTraits kQwen3 = {.queryKeyNorm = true};

constexpr FamilyTraits kDeepseekV2 = {.yarnSoftmaxScale = true,
                                      .rotaryPairs = RotaryPairs::Interleaved};

constexpr FamilyTraits kDeepseekV3 = {.yarnSoftmaxScale = true,
                                      .rotaryPairs = RotaryPairs::Deinterleaved};

constexpr FamilyTraits kGptNeox = {.base = "gpt_neox.",
                                   .embedding = "embed_in",
                                   .finalNorm = "final_layer_norm",
                                   .head = "embed_out",
                                   .attention = "attention",
                                   .qkvStorage = QkvStorage::HeadByHead,
                                   .qkv = "query_key_value",
                                   .attentionOutput = "dense",
                                   .mlpIn = {"dense_h_to_4h"},
                                   .mlpOut = "dense_4h_to_h",
                                   .gatedMlp = false,
                                   .layerNorm = true};

constexpr FamilyTraits kPhi3 = {
    .qkvStorage = QkvStorage::Stacked, .qkv = "qkv_proj", .mlpIn = {"gate_up_proj"}};

constexpr FamilyTraits kGemma2 = {.postAttentionNorm = "post_attention_layernorm",
                                  .mlpNorm = "pre_feedforward_layernorm",
                                  .postMlpNorm = "post_feedforward_layernorm",
                                  .unitOffsetNorm = true};

constexpr FamilyTraits kGemma3 = {.postAttentionNorm = "post_attention_layernorm",
                                  .mlpNorm = "pre_feedforward_layernorm",
                                  .postMlpNorm = "post_feedforward_layernorm",
                                  .unitOffsetNorm = true,
                                  .queryKeyNorm = true};

constexpr FamilyTraits kMixtral = {
    .mlp = "block_sparse_moe", .mlpIn = {"w1", "w3"}, .mlpOut = "w2"};

constexpr FamilyTraits kQwen2Moe = {.sharedExperts = "shared_expert", .sharedExpertGate = true};

constexpr FamilyTraits kMinicpm3 = {.yarnSoftmaxScale = true};

}  // namespace

const FamilyTraits& familyTraits(Family family) {
  switch (family) {
    case Family::Gpt2:
      return kGpt2;
    case Family::Qwen3:
      return kQwen3;
    case Family::DeepseekV2:
      return kDeepseekV2;
    case Family::DeepseekV3:
      return kDeepseekV3;
    case Family::GptNeox:
      return kGptNeox;
    case Family::Phi3:
      return kPhi3;
    case Family::Gemma2:
      return kGemma2;
    case Family::Gemma3:
      return kGemma3;
    case Family::Mixtral:
      return kMixtral;
    case Family::Qwen2Moe:
      return kQwen2Moe;
    case Family::Minicpm3:
      return kMinicpm3;
    case Family::Llama:
    case Family::Mistral:
    case Family::Qwen2:
      break;
  }
  return kLlama;
}

}  // namespace kvloupe
