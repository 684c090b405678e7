// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <utility>

#include "common/error.hpp"
#include "model/config/expected_tensors.hpp"
#include "model/config/family_traits.hpp"
#include "model/config/tensor_names.hpp"

namespace kvloupe {
namespace {

std::string shapeText(const std::vector<std::int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

/// Where a tensor is, or where it should be.
std::string fileOf(const WeightSource& source, const TensorEntry* entry) {
  if (entry != nullptr) return source.pathOf(*entry);
  const std::string& first = source.files().front().path;
  return source.files().size() == 1 ? first : fmt::format("{} and its other shards", first);
}

void checkTensor(const ExpectedTensor& expected, bool isEmbedding, const ModelConfig& config,
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
  if (isEmbedding && entry->shape.size() == 2 && entry->shape[0] != config.vocabSize)
    refuse(ErrorCode::Mismatch, "the embedding does not have vocab_size rows",
           fmt::format("{} rows", entry->shape[0]), fmt::format("{} rows", config.vocabSize));
  if (entry->shape != expected.shape)
    refuse(ErrorCode::Mismatch, "the tensor's shape does not match config.json",
           shapeText(entry->shape), shapeText(expected.shape));
  if (entry->dtype != Dtype::F32 && entry->dtype != Dtype::F16 && entry->dtype != Dtype::BF16)
    refuse(ErrorCode::Unsupported, "weights of this type cannot be computed with",
           std::string(dtypeName(entry->dtype)), "F32, F16 or BF16");
}

/// What real checkpoints hold besides: buffers that a class of another age saved, a head beside
/// tied embeddings, the parts that see.
bool isTolerated(std::string_view name, const FamilyTraits& traits) {
  const std::string attention = std::string(".").append(traits.attention);
  return name.ends_with("rotary_emb.inv_freq") || name.ends_with(attention + ".bias") ||
         name.ends_with(attention + ".masked_bias") ||
         name == std::string(traits.head) + ".weight" || name.starts_with("vision_tower.") ||
         name.starts_with("model.vision_tower.") || name.starts_with("multi_modal_projector.") ||
         name.starts_with("model.multi_modal_projector.");
}

}  // namespace

std::vector<std::string> checkWeights(const ModelConfig& config, const WeightSource& source) {
  const FamilyTraits& traits = familyTraits(config.family);
  const TensorNames names(config, source);
  // DeepSeek-V3 stores the layers of its multi-token prediction behind those of the model.
  const bool moreAllowed = config.family == Family::DeepseekV3;
  const auto isBeyond = [&](const TensorEntry& entry) {
    return names.layerOf(entry.name).value_or(0) >= config.numLayers;
  };
  if (!moreAllowed)
    for (const TensorEntry& entry : source.tensors())
      if (isBeyond(entry))
        throw Error(ErrorCode::Mismatch,
                    {.message = "the checkpoint has more layers than config.json says",
                     .file = fileOf(source, &entry),
                     .place = entry.name,
                     .expected = fmt::format("num_hidden_layers, {}", config.numLayers),
                     .found = fmt::format("a layer {}", *names.layerOf(entry.name)),
                     .advice = {}});

  const std::string embedding =
      names.stored(std::string(traits.base).append(traits.embedding) + ".weight");
  std::set<std::string, std::less<>> used;
  visitExpectedTensors(config, [&](ExpectedTensor tensor) {
    tensor.name = names.stored(tensor.name);
    checkTensor(tensor, tensor.name == embedding, config, source);
    used.insert(std::move(tensor.name));
  });
  std::vector<std::string> unused;
  for (const TensorEntry& entry : source.tensors())
    if (!used.contains(entry.name) && !isTolerated(entry.name, traits) && !isBeyond(entry))
      unused.push_back(entry.name);
  return unused;
}

}  // namespace kvloupe
