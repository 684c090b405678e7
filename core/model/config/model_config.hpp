// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kvloupe {

/// The architectures that are known.
enum class Family : std::uint8_t {
  Gpt2,
  Llama,
  Mistral,
  Qwen2,
  Qwen3,
  DeepseekV2,
  DeepseekV3,
  GptNeox,
  Phi3,
  Gemma2,
  Gemma3,
  Mixtral,
  Qwen2Moe,
  Minicpm3,
};

enum class Activation : std::uint8_t { Silu, GeluTanh, GeluErf, QuickGelu, Relu };

enum class RopeScaling : std::uint8_t { None, Linear, Dynamic, Llama3, Yarn, LongRope };

/// Rotary positions as transformers reads them (`rope_scaling` or `rope_parameters`). Fields of
/// other kinds of scaling keep their defaults.
struct RopeConfig {
  double theta = 10000.0;
  RopeScaling scaling = RopeScaling::None;
  double factor = 1.0;           // all kinds but None
  double partialFactor = 1.0;    // share of the head's dimensions that are rotated
  double lowFreqFactor = 1.0;    // llama3
  double highFreqFactor = 4.0;   // llama3
  int originalMaxPositions = 0;  // dynamic, llama3, yarn, longrope
  double betaFast = 32.0;        // yarn
  double betaSlow = 1.0;         // yarn
  // yarn; absent where the file says nothing, null or 0, which transformers takes for the same
  std::optional<double> mscale;
  std::optional<double> mscaleAllDim;
  std::optional<double> attentionFactor;  // yarn, longrope
  bool truncate = true;                   // yarn
  bool interleave = true;                 // deepseek_v3: weights stand in pairs (2i, 2i + 1)
  // longrope; one a rotated pair, for windows within originalMaxPositions and beyond
  std::vector<double> shortFactors, longFactors;
  // Keys in the file that say the scaling and the rotated share, for messages.
  std::string partialPlace;
};

/// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434). A query head has
/// qkNopeHeadDim + qkRopeHeadDim dimensions; the cache holds kvLoraRank + qkRopeHeadDim values.
struct MlaConfig {
  std::optional<int> qLoraRank;  // absent: q_proj instead of q_a_proj, q_b_proj
  int kvLoraRank = 0;
  int qkNopeHeadDim = 0;
  int qkRopeHeadDim = 0;
  int vHeadDim = 0;
};

enum class ExpertRouting : std::uint8_t {
  TopK,                // the k best softmax scores (mixtral, qwen2_moe, `greedy` of deepseek_v2)
  GroupLimitedGreedy,  // deepseek_v2: the k best of the topkGroup groups with the best expert
  NoAuxTc,             // deepseek_v3: sigmoid scores, selection with a correction bias
};

/// Mixture of experts: which layers have it says isMoeLayer().
struct MoeConfig {
  int numRoutedExperts = 0;
  int sharedIntermediateSize = 0;  // of all shared experts together; 0: none
  int expertsPerToken = 0;
  int moeIntermediateSize = 0;
  ExpertRouting routing = ExpertRouting::TopK;
  int numGroups = 1;   // n_group; 1 unless routing looks at groups
  int topkGroups = 1;  // topk_group
  double routedScalingFactor = 1.0;
  bool normTopkProb = false;  // a token's experts: weights that sum to routedScalingFactor
};

/// A config.json, checked. Missing fields hold what transformers' config class gives them.
struct ModelConfig {
  Family family = Family::Llama;
  std::string modelType;  // as written: "qwen2"
  std::string file;       // the config.json read, for messages
  std::string json;       // its text, verbatim

  int numLayers = 0;
  int hiddenSize = 0;
  int intermediateSize = 0;
  int numHeads = 0;
  int numKvHeads = 0;  // in MLA numHeads: every head has a K and V expanded from the latent
  int headDim = 0;     // of q and k; in MLA qkNopeHeadDim + qkRopeHeadDim, whatever the file says
  int vocabSize = 0;
  int maxPositions = 0;
  double normEps = 0.0;         // of RMSNorm, or LayerNorm in gpt2 and gpt_neox
  std::string activation;       // "silu", "gelu", "relu", .. (findActivation)
  std::string activationPlace;  // its key in the file, for messages
  bool tieWordEmbeddings = false;
  bool qkvBias = false;  // in MLA: of q_a_proj and kv_a_proj_with_mqa
  bool oBias = false;
  bool mlpBias = false;

  double scoreScale = 0;          // of attention's scores, mostly 1 / sqrt(headDim)
  bool scoresOverLayer = false;   // gpt2: the scale of layer l is scoreScale / (l + 1)
  double scoreSoftCap = 0;        // c of c tanh(score / c); 0: none
  double logitSoftCap = 0;        // the same of logits
  double embeddingScale = 1;      // of embeddings as the layers read them
  double branchScale = 1;         // of what attention and MLP add to the hidden states
  double logitScale = 1;          // of hidden states as the head reads them
  bool parallelResidual = false;  // attention and MLP read the same hidden states

  RopeConfig rope;                        // gpt2 has none
  std::optional<RopeConfig> slidingRope;  // of sliding layers where theirs is another (gemma3)
  std::optional<MlaConfig> mla;
  std::optional<MoeConfig> moe;
  std::vector<bool> moeLayers;  // one a layer; empty without moe

  /// A query of a sliding layer sees this many tokens, itself included.
  std::optional<int> slidingWindow;
  std::vector<bool> slidingLayers;  // one a layer; empty without slidingWindow

  std::string storedDtype;                  // "bfloat16"; empty where the file says nothing
  std::optional<std::string> quantization;  // quant_method: "fp8", "gptq"
  std::vector<std::string> warnings;        // "auto_map ... is never run"
};

/// Reads a model folder's config.json, or a config.json itself. Throws Error: NotFound, Malformed
/// (a field missing, of wrong type, out of range, or at odds with another), Unsupported (a
/// model_type or a feature that is not known). 8 MB and 64 levels at most.
[[nodiscard]] ModelConfig readConfig(const std::filesystem::path& folderOrFile);

/// The same of a text; `file` is the name that messages carry.
[[nodiscard]] ModelConfig parseConfig(std::string_view json, std::string file);

/// Throws Error(Unsupported), naming the field, where the model can be described but not run:
/// quantized weights, an unknown activation, partial rotation in a family whose class does not know
/// it.
void requireRunnable(const ModelConfig& config);

/// Nothing where the name is not known.
[[nodiscard]] std::optional<Activation> findActivation(std::string_view name);

/// Dimensions of a head that rotary positions turn; 0: none.
[[nodiscard]] int rotaryDim(const ModelConfig& config);

[[nodiscard]] inline bool isMoeLayer(const ModelConfig& config, int layer) {
  return config.moe && config.moeLayers[static_cast<std::size_t>(layer)];
}
[[nodiscard]] inline bool isSlidingLayer(const ModelConfig& config, int layer) {
  return config.slidingWindow && config.slidingLayers[static_cast<std::size_t>(layer)];
}

/// Bytes that the uncompressed cache takes per token at 16 bits a value, over all layers:
/// 2 (numKvHeads * headDim) values a layer, or in MLA kvLoraRank + qkRopeHeadDim.
[[nodiscard]] std::int64_t kvBytesPerToken(const ModelConfig& config);

/// Values that a checkpoint of the language model holds, exactly: tied embeddings once,
/// DeepSeek-V3's correction biases too, multi-token prediction not. Throws Error(Malformed) above
/// 2^50.
[[nodiscard]] std::int64_t parameterCount(const ModelConfig& config);

}  // namespace kvloupe
