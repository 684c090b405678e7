// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "model/config/config_parts.hpp"

namespace kvloupe {
namespace {

/// `layer_types`, the form of transformers 5: true where a layer slides.
std::vector<bool> readLayerTypes(const ConfigFields& fields, const JsonValue& types,
                                 int numLayers) {
  if (types.size() != static_cast<std::size_t>(numLayers))
    types.refuse("wrong length", fmt::format("num_hidden_layers, {}", numLayers));
  std::vector<bool> sliding;
  for (const JsonValue type : types) {
    const std::string_view name = type.asString();
    if (name != "full_attention" && name != "sliding_attention")
      fields.unsupported("layer_types", "unknown kind of layer", fmt::format("\"{}\"", name),
                         "full_attention or sliding_attention");
    sliding.push_back(name == "sliding_attention");
  }
  return sliding;
}

/// Which layers slide where the file does not list them: the rule of the family's config class.
std::vector<bool> ruleOfFamily(const ConfigFields& fields, const ModelConfig& config) {
  std::vector<bool> sliding(static_cast<std::size_t>(config.numLayers), true);
  const int maxWindowLayers = fields.optionalCount({"max_window_layers"}).value_or(28);
  const int pattern = config.family == Family::Gemma3
                          ? fields.optionalSize({"sliding_window_pattern"}).value_or(6)
                          : 2;
  for (int layer = 0; layer < config.numLayers; ++layer) {
    const auto at = sliding.begin() + layer;
    switch (config.family) {
      case Family::Qwen2:
      case Family::Qwen3:
        *at = layer >= maxWindowLayers;
        break;
      case Family::Qwen2Moe:
        *at = layer % 2 == 0 && layer < maxWindowLayers;
        break;
      case Family::Gemma2:
      case Family::Gemma3:
        *at = (layer + 1) % pattern != 0;
        break;
      default:
        break;
    }
  }
  return sliding;
}

}  // namespace

void readWindows(const ConfigFields& fields, ModelConfig& config) {
  const Family family = config.family;
  const bool qwen =
      family == Family::Qwen2 || family == Family::Qwen3 || family == Family::Qwen2Moe;
  const bool gemma = family == Family::Gemma2 || family == Family::Gemma3;
  const bool always =
      family == Family::Mistral || family == Family::Mixtral || family == Family::Phi3;
  if (!qwen && !gemma && !always) return;

  const bool used = !qwen || fields.flag("use_sliding_window", false);
  const bool hasDefault = family != Family::Mixtral && family != Family::Phi3;
  std::optional<int> window = used ? fields.optionalSize({"sliding_window"}) : std::nullopt;
  if (used && hasDefault && !fields.has("sliding_window")) window = 4096;

  const auto types = always ? std::nullopt : fields.json().optionalArray("layer_types");
  const std::vector<bool> sliding = types    ? readLayerTypes(fields, *types, config.numLayers)
                                    : window ? ruleOfFamily(fields, config)
                                             : std::vector<bool>();
  if (std::find(sliding.begin(), sliding.end(), true) == sliding.end()) return;
  if (!window)
    fields.refuse("sliding_window", "sliding layers without a window", "none",
                  "a number of tokens, and use_sliding_window where the family has it");
  config.slidingWindow = window;
  config.slidingLayers = sliding;
}

}  // namespace kvloupe
