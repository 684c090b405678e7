// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "model/config/config_parts.hpp"

namespace kvloupe {
namespace {

constexpr int kMostExperts = 65536;

ExpertRouting readRouting(const ConfigFields& fields, Family family) {
  if (family == Family::DeepseekV3) return ExpertRouting::NoAuxTc;
  const std::string method = fields.optionalText({"topk_method"}).value_or("greedy");
  if (method == "greedy") return ExpertRouting::TopK;
  if (method == "group_limited_greedy") return ExpertRouting::GroupLimitedGreedy;
  fields.unsupported("topk_method", "unknown routing of experts", fmt::format("\"{}\"", method),
                     "greedy or group_limited_greedy");
}

void readGroups(const ConfigFields& fields, Family family, MoeConfig& moe) {
  if (moe.routing == ExpertRouting::TopK) return;
  const bool v3 = family == Family::DeepseekV3;
  moe.numGroups = v3 ? fields.optionalSize({"n_group"}).value_or(8) : fields.size({"n_group"});
  moe.topkGroups =
      v3 ? fields.optionalSize({"topk_group"}).value_or(4) : fields.size({"topk_group"});
  if (moe.numRoutedExperts % moe.numGroups != 0)
    fields.refuse("n_group", "experts do not divide into groups", fmt::format("{}", moe.numGroups),
                  fmt::format("a divisor of n_routed_experts, {}", moe.numRoutedExperts));
  if (moe.topkGroups > moe.numGroups)
    fields.refuse("topk_group", "out of range", fmt::format("{}", moe.topkGroups),
                  fmt::format("at most n_group, {}", moe.numGroups));
  const int groupSize = moe.numRoutedExperts / moe.numGroups;
  if (v3 && groupSize < 2)
    fields.refuse("n_group", "a group's score is that of its two best",
                  fmt::format("{}", moe.numGroups), "groups of 2 experts or more");
  if (moe.expertsPerToken > moe.topkGroups * groupSize)
    fields.refuse(
        "num_experts_per_tok", "out of range", fmt::format("{}", moe.expertsPerToken),
        fmt::format("at most the experts of topk_group groups, {}", moe.topkGroups * groupSize));
}

/// DeepSeek: dense layers first, then experts, some of them shared.
MoeConfig readDeepseek(const ConfigFields& fields, Family family) {
  const bool v3 = family == Family::DeepseekV3;
  const std::string_view scoring = v3 ? "sigmoid" : "softmax";
  if (const auto named = fields.optionalText({"scoring_func"}); named && *named != scoring)
    fields.unsupported("scoring_func", "unknown scores of experts", fmt::format("\"{}\"", *named),
                       std::string(scoring));
  if (const int every = fields.optionalSize({"moe_layer_freq"}).value_or(1); every != 1)
    fields.unsupported("moe_layer_freq", "experts in some layers only", fmt::format("{}", every),
                       "1");
  MoeConfig moe;
  moe.numRoutedExperts = fields.size({"n_routed_experts"}, kMostExperts);
  const int sharedExperts = fields.has("n_shared_experts")
                                ? fields.optionalCount({"n_shared_experts"}).value_or(0)
                                : (v3 ? 1 : 2);
  moe.moeIntermediateSize = fields.size({"moe_intermediate_size"});
  const std::int64_t shared = std::int64_t{sharedExperts} * moe.moeIntermediateSize;
  if (sharedExperts > kMostExperts || shared > std::int64_t{1} << 30)
    fields.refuse("n_shared_experts", "out of range", fmt::format("{}", sharedExperts),
                  "shared experts of at most 2^30 rows");
  moe.sharedIntermediateSize = static_cast<int>(shared);
  moe.expertsPerToken = fields.size({"num_experts_per_tok"});
  moe.routing = readRouting(fields, family);
  readGroups(fields, family, moe);
  moe.routedScalingFactor =
      fields.optionalPositive({"routed_scaling_factor"}).value_or(v3 ? 2.5 : 1.0);
  // transformers' deepseek_v2 knows the field and ignores it
  moe.normTopkProb = v3 && fields.flag("norm_topk_prob", true);
  return moe;
}

MoeConfig readMixtral(const ConfigFields& fields, int intermediateSize) {
  return {.numRoutedExperts = fields.size({"num_local_experts"}, kMostExperts),
          .expertsPerToken = fields.size({"num_experts_per_tok"}),
          .moeIntermediateSize = intermediateSize,
          .normTopkProb = true};
}

MoeConfig readQwen2Moe(const ConfigFields& fields) {
  return {.numRoutedExperts = fields.size({"num_experts"}, kMostExperts),
          .sharedIntermediateSize = fields.size({"shared_expert_intermediate_size"}),
          .expertsPerToken = fields.size({"num_experts_per_tok"}),
          .moeIntermediateSize = fields.size({"moe_intermediate_size"}),
          .normTopkProb = fields.flag("norm_topk_prob", false)};
}

std::vector<bool> qwen2MoeLayers(const ConfigFields& fields, int numLayers) {
  const int step = fields.optionalSize({"decoder_sparse_step"}).value_or(1);
  std::vector<bool> layers;
  for (int layer = 0; layer < numLayers; ++layer) layers.push_back((layer + 1) % step == 0);
  if (const auto dense = fields.json().optionalArray("mlp_only_layers"))
    for (const JsonValue layer : *dense)
      layers[static_cast<std::size_t>(layer.asInt(0, numLayers - 1))] = false;
  return layers;
}

}  // namespace

MlaConfig readMla(const ConfigFields& fields, const FamilyFacts& facts, const ModelConfig& config) {
  const bool minicpm3 = facts.family == Family::Minicpm3;
  MlaConfig mla;
  mla.qLoraRank = fields.optionalSize({"q_lora_rank"});
  if (!fields.has("q_lora_rank")) mla.qLoraRank = minicpm3 ? 768 : 1536;
  mla.kvLoraRank = fields.size({"kv_lora_rank"});
  mla.qkNopeHeadDim = fields.size({"qk_nope_head_dim"}, 1 << 20);
  mla.qkRopeHeadDim = fields.size({"qk_rope_head_dim"}, 1 << 20);
  const auto vHeadDim = fields.optionalSize({"v_head_dim"});
  mla.vHeadDim = minicpm3 ? vHeadDim.value_or(config.hiddenSize / config.numHeads)
                          : fields.size({"v_head_dim"});
  if (mla.vHeadDim == 0)
    fields.refuse("v_head_dim", "missing", "no such key",
                  "this field, or a hidden_size of num_attention_heads or more");
  return mla;
}

void readExperts(const ConfigFields& fields, ModelConfig& config) {
  const bool deepseek = config.family == Family::DeepseekV2 || config.family == Family::DeepseekV3;
  if (deepseek) {
    const int firstDense = fields.optionalCount({"first_k_dense_replace"})
                               .value_or(config.family == Family::DeepseekV3 ? 3 : 0);
    const auto experts = fields.json().find("n_routed_experts");
    const bool dense = experts && experts->isNull();  // DeepSeek's own code: no experts at all
    if (dense || firstDense >= config.numLayers) return;
    config.moe = readDeepseek(fields, config.family);
    config.moeLayers.assign(static_cast<std::size_t>(config.numLayers), true);
    std::fill_n(config.moeLayers.begin(), firstDense, false);
  } else if (config.family == Family::Mixtral) {
    config.moe = readMixtral(fields, config.intermediateSize);
    config.moeLayers.assign(static_cast<std::size_t>(config.numLayers), true);
  } else if (config.family == Family::Qwen2Moe) {
    config.moe = readQwen2Moe(fields);
    config.moeLayers = qwen2MoeLayers(fields, config.numLayers);
  } else {
    return;
  }
  if (config.moe->expertsPerToken > config.moe->numRoutedExperts)
    fields.refuse("num_experts_per_tok", "out of range",
                  fmt::format("{}", config.moe->expertsPerToken),
                  fmt::format("at most the number of experts, {}", config.moe->numRoutedExperts));
}

}  // namespace kvloupe
