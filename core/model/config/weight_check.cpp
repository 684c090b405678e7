// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <set>
#include <utility>

#include "common/error.hpp"
#include "model/config/expected_tensors.hpp"

namespace kvloupe {
namespace {

std::string shapeText(const std::vector<std::int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

std::string fileOf(const WeightSource& source, const TensorEntry* entry) {
  if (source.files().empty()) return {};
  if (entry != nullptr) return source.files()[static_cast<std::size_t>(entry->file)].name;
  const std::string& first = source.files().front().name;
  return source.files().size() == 1 ? first : fmt::format("{} and its other shards", first);
}

void checkTensor(const ExpectedTensor& expected, const ModelConfig& config,
                 const WeightSource& source) {
  const TensorEntry* entry = source.find(expected.name);
  const auto refuse = [&](ErrorCode code, std::string message, std::string found,
                          std::string wanted) {
    throw Error(code, {.message = std::move(message),
                       .file = fileOf(source, entry),
                       .place = expected.name,
                       .expected = std::move(wanted),
                       .found = std::move(found),
                       .advice = {}});
  };
  if (entry == nullptr)
    refuse(ErrorCode::Mismatch, "the tensor is missing", "no such tensor",
           fmt::format("one of shape {}", shapeText(expected.shape)));
  const bool embedding = expected.name == "model.embed_tokens.weight";
  if (embedding && entry->shape.size() == 2 && entry->shape[0] != config.vocabSize)
    refuse(ErrorCode::Mismatch, "the embedding does not have vocab_size rows",
           fmt::format("{} rows", entry->shape[0]), fmt::format("{} rows", config.vocabSize));
  if (entry->shape != expected.shape)
    refuse(ErrorCode::Mismatch, "the tensor's shape does not match config.json",
           shapeText(entry->shape), shapeText(expected.shape));
  if (entry->dtype != Dtype::F32 && entry->dtype != Dtype::F16 && entry->dtype != Dtype::BF16)
    refuse(ErrorCode::Unsupported, "weights of this type cannot be computed with",
           std::string(dtypeName(entry->dtype)), "F32, F16 or BF16");
}

/// The layer that "model.layers.12.mlp..." belongs to.
std::optional<int> layerOf(std::string_view name) {
  constexpr std::string_view kPrefix = "model.layers.";
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  int layer = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), layer);
  const bool number = failure == std::errc() && end != name.data() + name.size() && *end == '.';
  return number ? std::optional(layer) : std::nullopt;
}

}  // namespace

std::vector<std::string> checkWeights(const ModelConfig& config, const WeightSource& source) {
  // DeepSeek-V3 stores the layers of its multi-token prediction behind those of the model.
  const bool moreAllowed = config.family == Family::DeepseekV3;
  if (!moreAllowed)
    for (const TensorEntry& entry : source.tensors())
      if (const auto layer = layerOf(entry.name); layer && *layer >= config.numLayers)
        throw Error(ErrorCode::Mismatch,
                    {.message = "the checkpoint has more layers than config.json says",
                     .file = fileOf(source, &entry),
                     .place = entry.name,
                     .expected = fmt::format("num_hidden_layers, {}", config.numLayers),
                     .found = fmt::format("a layer {}", *layer),
                     .advice = {}});

  std::set<std::string, std::less<>> used;
  for (ExpectedTensor& tensor : expectedTensors(config)) {
    checkTensor(tensor, config, source);
    used.insert(std::move(tensor.name));
  }
  std::vector<std::string> unused;
  for (const TensorEntry& entry : source.tensors()) {
    const bool tolerated = entry.name.ends_with("rotary_emb.inv_freq") ||
                           entry.name == "lm_head.weight" ||
                           (moreAllowed && layerOf(entry.name).value_or(0) >= config.numLayers);
    if (!tolerated && !used.contains(entry.name)) unused.push_back(entry.name);
  }
  return unused;
}

}  // namespace kvloupe
