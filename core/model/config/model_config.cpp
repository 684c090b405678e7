// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/config/model_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/error.hpp"
#include "io/json.hpp"
#include "io/model_folder.hpp"
#include "model/config/config_fields.hpp"
#include "model/config/config_parts.hpp"
#include "model/config/family_facts.hpp"
#include "model/config/tensor_patterns.hpp"
#include "types/model_families.hpp"

namespace kvloupe {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMaxConfigBytes = 8 << 20;
constexpr int kMostLayers = 10000;
constexpr int kMostHeads = 65536;

const FamilyFacts& readFamily(const ConfigFields& fields) {
  const std::string_view type = fields.json().requireString("model_type");
  if (const FamilyFacts* facts = findFamily(type)) return *facts;
  fields.unsupported("model_type", "a model of an unknown type", fmt::format("\"{}\"", type),
                     "one of " + modelFamilyList());
}

/// Sizes of gemma3 may be left out: its class knows those of the 4B model.
void readSizes(const ConfigFields& fields, ModelConfig& config) {
  const auto size = [&](FieldNames names, int gemma3, int most) {
    if (config.family == Family::Gemma3 && !fields.has(*names.begin())) return gemma3;
    return fields.size(names, most);
  };
  constexpr int kMost = 1 << 30;
  config.numLayers = size({"num_hidden_layers", "n_layer"}, 26, kMostLayers);
  config.hiddenSize = size({"hidden_size", "n_embd"}, 2304, kMost);
  config.numHeads = size({"num_attention_heads", "n_head"}, 8, kMostHeads);
  config.vocabSize = size({"vocab_size"}, 262208, kMost);
  config.intermediateSize =
      config.family == Family::Gpt2
          ? fields.optionalSize({"n_inner"}).value_or(4 * std::min(config.hiddenSize, kMost / 4))
          : size({"intermediate_size"}, 9216, kMost);
}

void readKvHeads(const ConfigFields& fields, const FamilyFacts& facts, ModelConfig& config) {
  const std::string_view name = "num_key_value_heads";
  const bool grouped = facts.family != Family::Gpt2 && facts.family != Family::GptNeox;
  config.numKvHeads = config.numHeads;
  if (!grouped) return;
  const std::optional<int> given = fields.optionalSize({name});
  if (facts.mla) {
    // The class writes its default where it was told nothing, and reads it nowhere.
    if (given && *given != config.numHeads && *given != facts.numKvHeads)
      fields.refuse(name, "latent attention has a key of every head", fmt::format("{}", *given),
                    fmt::format("num_attention_heads, {}", config.numHeads));
    return;
  }
  if (given)
    config.numKvHeads = *given;
  else if (!fields.has(name) && facts.numKvHeads != 0)
    config.numKvHeads = facts.numKvHeads;
  if (config.numHeads % config.numKvHeads != 0)
    fields.refuse(name, given ? "heads do not divide into groups" : "missing",
                  given ? fmt::format("{}", *given) : "no such key",
                  fmt::format("a divisor of num_attention_heads, {}", config.numHeads));
}

void readHeadDim(const ConfigFields& fields, const FamilyFacts& facts, ModelConfig& config) {
  if (facts.mla) {
    config.mla = readMla(fields, facts, config);
    config.headDim = config.mla->qkNopeHeadDim + config.mla->qkRopeHeadDim;
    return;
  }
  const bool own = facts.family != Family::Gpt2 && facts.family != Family::GptNeox &&
                   facts.family != Family::Phi3;
  const std::optional<int> given = own ? fields.optionalSize({"head_dim"}) : std::nullopt;
  if (given) {
    config.headDim = *given;
  } else if (facts.headDim != 0) {
    config.headDim = facts.headDim;
  } else {
    if (config.hiddenSize % config.numHeads != 0)
      fields.refuse(facts.family == Family::Gpt2 ? "n_embd" : "hidden_size",
                    "does not divide into heads", fmt::format("{}", config.hiddenSize),
                    fmt::format("a multiple of the {} heads{}", config.numHeads,
                                own ? ", or head_dim beside it" : ""));
    config.headDim = config.hiddenSize / config.numHeads;
  }
}

void readBiases(const ConfigFields& fields, ModelConfig& config) {
  switch (config.family) {
    case Family::Gpt2:
      config.qkvBias = config.oBias = config.mlpBias = true;
      break;
    case Family::Qwen2:
      config.qkvBias = true;
      break;
    case Family::Qwen2Moe:
      config.qkvBias = fields.flag("qkv_bias", true);
      break;
    case Family::GptNeox:
      config.qkvBias = config.oBias = fields.flag("attention_bias", true);
      config.mlpBias = true;
      break;
    case Family::Llama:
    case Family::DeepseekV2:
    case Family::Minicpm3:
      config.mlpBias = fields.flag("mlp_bias", false);
      [[fallthrough]];
    case Family::Qwen3:
    case Family::DeepseekV3:
    case Family::Gemma2:
    case Family::Gemma3:
      config.qkvBias = config.oBias = fields.flag("attention_bias", false);
      break;
    case Family::Mistral:
    case Family::Mixtral:
    case Family::Phi3:
      break;
  }
}

std::string_view activationField(Family family) {
  const bool gemma = family == Family::Gemma2 || family == Family::Gemma3;
  return gemma                    ? "hidden_activation"
         : family == Family::Gpt2 ? "activation_function"
                                  : "hidden_act";
}

void readOrigin(const ConfigFields& fields, ModelConfig& config) {
  config.storedDtype = fields.optionalText({"dtype", "torch_dtype"}).value_or("");
  if (config.storedDtype.starts_with("torch.")) config.storedDtype.erase(0, 6);
  if (const auto quantization = fields.json().optionalObject("quantization_config"))
    config.quantization = quantization->optionalString("quant_method").value_or("");
  if (config.quantization && config.quantization->empty()) config.quantization = "unnamed";
  if (const auto map = fields.json().find("auto_map"); map && !map->isNull())
    config.warnings.push_back(
        "config.json names code of the model's author "
        "(auto_map); it is never run");
}

ModelConfig readFields(const ConfigFields& root) {
  const FamilyFacts& facts = readFamily(root);
  ModelConfig config;
  config.family = facts.family;
  config.modelType = root.json().requireString("model_type");
  config.file = root.file();
  readOrigin(root, config);

  // gemma3 with a vision tower holds its language model's config inside.
  const auto text =
      facts.family == Family::Gemma3 ? root.json().optionalObject("text_config") : std::nullopt;
  const ConfigFields fields(text ? *text : root.json(), root.file());
  readSizes(fields, config);
  readKvHeads(fields, facts, config);
  readHeadDim(fields, facts, config);
  config.maxPositions =
      fields.optionalSize({"max_position_embeddings", "n_positions"}).value_or(facts.maxPositions);
  config.normEps = fields.optionalPositive({"rms_norm_eps", "layer_norm_eps", "layer_norm_epsilon"})
                       .value_or(facts.normEps);
  config.activation =
      fields.optionalText({activationField(facts.family)}).value_or(std::string(facts.activation));
  config.activationPlace = fields.place(activationField(facts.family));
  config.tieWordEmbeddings = root.flag("tie_word_embeddings", facts.tieWordEmbeddings);
  readBiases(fields, config);
  if (facts.family != Family::Gpt2)
    config.rope = readRope(fields, facts, config.maxPositions,
                           config.mla ? config.mla->qkRopeHeadDim : config.headDim);
  if (facts.family == Family::Gemma3)
    config.slidingRope = readSlidingRope(fields, facts, config.maxPositions, config.headDim);
  readScales(fields, config);
  readExperts(fields, config);
  readWindows(fields, config);
  return config;
}

}  // namespace

ModelConfig readConfig(const fs::path& folderOrFile) {
  std::error_code failure;
  const bool isFile = fs::is_regular_file(folderOrFile, failure);
  if (isFile) {
    const ReadableFile file(folderOrFile, folderOrFile.string());
    return parseConfig(file.readAll(kMaxConfigBytes), file.name());
  }
  const ModelFolder folder(folderOrFile);
  return parseConfig(folder.readText("config.json", kMaxConfigBytes),
                     (folder.path() / "config.json").string());
}

ModelConfig parseConfig(std::string_view json, std::string file) {
  const JsonDocument document = JsonDocument::parse(json, file);
  if (!document.root().isObject())
    document.root().refuse("the config is not a JSON object", "an object");
  ModelConfig config = readFields(ConfigFields(document.root(), std::move(file)));
  config.json = json;
  static_cast<void>(parameterCount(config));  // refuses sizes that no memory holds
  return config;
}

void requireRunnable(const ModelConfig& config) {
  const auto refuse = [&config](std::string place, std::string message, std::string found,
                                std::string expected) {
    throw Error(ErrorCode::Unsupported, {.message = std::move(message),
                                         .file = config.file,
                                         .place = std::move(place),
                                         .expected = std::move(expected),
                                         .found = std::move(found),
                                         .advice = {}});
  };
  if (config.quantization)
    refuse("quantization_config", "quantized weights cannot be run", *config.quantization,
           "weights in F32, F16 or BF16");
  if (!findActivation(config.activation))
    refuse(config.activationPlace, "an activation that is not known here",
           fmt::format("\"{}\"", config.activation),
           "silu, gelu, gelu_new, gelu_pytorch_tanh, quick_gelu or relu");
  const bool partial = config.family == Family::GptNeox || config.family == Family::Phi3;
  if (config.rope.partialFactor != 1.0 && !partial)
    refuse(config.rope.partialPlace, "positions rotate a part of each head only",
           fmt::format("{}", config.rope.partialFactor), "1");
}

std::optional<Activation> findActivation(std::string_view name) {
  if (name == "silu" || name == "swish") return Activation::Silu;
  if (name == "gelu") return Activation::GeluErf;
  if (name == "gelu_new" || name == "gelu_pytorch_tanh" || name == "gelu_fast")
    return Activation::GeluTanh;
  if (name == "quick_gelu") return Activation::QuickGelu;
  if (name == "relu") return Activation::Relu;
  return std::nullopt;
}

int rotaryDim(const ModelConfig& config) {
  if (config.family == Family::Gpt2) return 0;
  if (config.mla) return config.mla->qkRopeHeadDim;
  return static_cast<int>(config.headDim * config.rope.partialFactor);
}

std::int64_t kvBytesPerToken(const ModelConfig& config) {
  const std::int64_t values = config.mla
                                  ? std::int64_t{config.mla->kvLoraRank} + config.mla->qkRopeHeadDim
                                  : std::int64_t{2} * config.numKvHeads * config.headDim;
  return std::int64_t{2} * config.numLayers * values;
}

std::int64_t parameterCount(const ModelConfig& config) {
  constexpr std::int64_t kMost = std::int64_t{1} << 50;
  std::int64_t total = 0;
  const auto refuse = [&config] {
    throw Error(ErrorCode::Malformed, {.message = "sizes that no memory holds",
                                       .file = config.file,
                                       .place = "hidden_size",
                                       .expected = "at most 2^50 parameters",
                                       .found = "more",
                                       .advice = {}});
  };
  for (const TensorPattern& pattern : tensorPatterns(config)) {
    std::int64_t size = copies(pattern, config);
    for (const std::int64_t dimension : pattern.shape)
      if (__builtin_mul_overflow(size, dimension, &size)) refuse();
    if (size > kMost || (total += size) > kMost) refuse();
  }
  return total;
}

}  // namespace kvloupe
