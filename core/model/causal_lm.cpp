// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causal_lm.hpp"

#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "common/error.hpp"
#include "model/backend.hpp"
#include "model/config/expected_tensors.hpp"
#include "model/config/family_traits.hpp"
#include "model/config/tensor_names.hpp"

namespace kvloupe {

namespace {

/// Hidden states of sequences that go through a layer together while it is in memory.
constexpr std::int64_t kTogetherBytes = std::int64_t{128} << 20;
constexpr int kMostTogether = 64;

std::string embeddingName(const ModelConfig& config) {
  const FamilyTraits& traits = familyTraits(config.family);
  return std::string(traits.base).append(traits.embedding) + ".weight";
}

std::string headName(const ModelConfig& config) {
  return config.tieWordEmbeddings ? embeddingName(config)
                                  : std::string(familyTraits(config.family).head) + ".weight";
}

}  // namespace

CausalLm::CausalLm(const ModelConfig& config, WeightReader& reader, VocabularyMatrix embedding,
                   VocabularyMatrix head, std::unique_ptr<LayerStore> layers)
    : config_(config),
      embedding_(std::move(embedding)),
      layers_(std::move(layers)),
      head_(std::move(head), config.logitSoftCap) {
  const FamilyTraits& traits = familyTraits(config.family);
  const auto module = [&](std::string_view name) { return std::string(traits.base).append(name); };
  if (!traits.positions.empty())
    positions_ =
        reader.matrix(module(traits.positions) + ".weight", config.maxPositions, config.hiddenSize);
  const bool interleaved = traits.rotaryPairs == RotaryPairs::Interleaved;
  rope_ = makeRope(config.rope, rotaryDim(config), interleaved);
  slidingRope_ =
      config.slidingRope ? makeRope(*config.slidingRope, rotaryDim(config), interleaved) : rope_;
  finalNorm_ =
      loadNorm(config, module(traits.finalNorm), config.hiddenSize, config.normEps, reader);
  finalNorm_.weight.mul_(config.logitScale);
  if (finalNorm_.bias.defined()) finalNorm_.bias.mul_(config.logitScale);
}

std::unique_ptr<CausalLm> CausalLm::load(const ModelConfig& config, const WeightSource& source,
                                         std::stop_token stop, const ProgressFn& progress,
                                         ComputeType type) {
  requireRunnable(config);
  checkWeights(config, source);
  return backend::translated("loading the model", [&] {
    backend::useAllCores();
    const c10::InferenceMode inference;
    WeightReader reader(config, source, type, std::move(stop), progress);
    const VocabularyMatrix embedding(
        reader.factor(embeddingName(config), config.vocabSize, config.hiddenSize), type);
    auto layers = residentLayers(config, reader);
    const VocabularyMatrix head =
        config.tieWordEmbeddings
            ? embedding
            : VocabularyMatrix(reader.factor(headName(config), config.vocabSize, config.hiddenSize),
                               type);
    return std::unique_ptr<CausalLm>(
        new CausalLm(config, reader, embedding, head, std::move(layers)));
  });
}

std::unique_ptr<CausalLm> CausalLm::stream(const ModelConfig& config,
                                           std::shared_ptr<const WeightSource> source,
                                           ComputeType type) {
  requireRunnable(config);
  checkWeights(config, *source);
  return backend::translated("opening the model", [&] {
    backend::useAllCores();
    const c10::InferenceMode inference;
    const TensorNames names(config, *source);
    const auto inFile = [&](const std::string& name) {
      return VocabularyMatrix(source, source->at(names.stored(name)), type);
    };
    WeightReader reader(config, *source, type, {}, nullptr);
    return std::unique_ptr<CausalLm>(new CausalLm(config, reader, inFile(embeddingName(config)),
                                                  inFile(headName(config)),
                                                  streamedLayers(config, source, type)));
  });
}

int CausalLm::sequencesAtOnce(std::int64_t tokens) const {
  if (!streams()) return 1;
  const std::int64_t bytes = std::max<std::int64_t>(1, tokens * config_.hiddenSize * 4);
  return static_cast<int>(std::clamp<std::int64_t>(kTogetherBytes / bytes, 1, kMostTogether));
}

void CausalLm::checkLength(std::size_t tokens) const {
  if (tokens == 0)
    throw Error(
        ErrorCode::InvalidArgument,
        {.message = "there is no token to run", .expected = "1 token or more", .found = "0"});
  if (positions_.defined() && tokens > static_cast<std::size_t>(config_.maxPositions))
    throw Error(ErrorCode::InvalidArgument,
                {.message = "the model has learned no more positions",
                 .expected = fmt::format("{} tokens at most", config_.maxPositions),
                 .found = fmt::format("{}", tokens)});
}

at::Tensor CausalLm::embed(std::span<const std::int32_t> ids) const {
  checkLength(ids.size());
  return backend::translated(fmt::format("the embedding of {} tokens", ids.size()), [&] {
    const c10::InferenceMode inference;
    const std::int64_t tokens = static_cast<std::int64_t>(ids.size()), width = config_.hiddenSize;
    at::Tensor hidden = at::empty({tokens, width}, at::kFloat);
    float* out = hidden.data_ptr<float>();
    for (const std::int32_t id : ids) {
      if (id < 0 || id >= config_.vocabSize)
        throw Error(ErrorCode::InvalidArgument,
                    {.message = "a token lies outside the model's vocabulary",
                     .expected = fmt::format("0 to {}", config_.vocabSize - 1),
                     .found = fmt::format("{}", id)});
      embedding_.copyRow(id, {out, static_cast<std::size_t>(width)});
      out += width;
    }
    if (config_.embeddingScale != 1) hidden.mul_(config_.embeddingScale);
    if (positions_.defined()) hidden.add_(positions_.narrow(0, 0, tokens));
    return hidden;  // [tokens, hidden]
  });
}

void CausalLm::runLayers(const at::Tensor& hidden, int first, int end,
                         const ForwardContext& context) const {
  const Passing passing{.hidden = hidden, .context = &context};
  runLayers(std::span(&passing, 1), first, end, {});
}

void CausalLm::runLayers(std::span<const Passing> sequences, int first, int end,
                         const LayerFn& afterLayer) const {
  std::int64_t tokens = 0;
  for (const Passing& sequence : sequences) tokens += sequence.hidden.size(0);
  backend::translated(fmt::format("a forward pass of {} tokens", tokens), [&] {
    const c10::InferenceMode inference;
    Workspace workspace;
    struct Angles {
      RopeAngles usual, sliding;
    };
    std::map<std::int64_t, Angles> angles;  // by tokens
    for (const Passing& sequence : sequences) {
      const std::int64_t length = sequence.hidden.size(0);
      if (angles.contains(length)) continue;
      const RopeAngles usual = rope_.angles(length);
      angles[length] = {usual, config_.slidingRope ? slidingRope_.angles(length) : usual};
    }
    for (int layer = first; layer < end; ++layer) {
      const bool slides = isSlidingLayer(config_, layer);
      throwIfStopped(sequences.front().context->stop);
      const Block& block = layers_->layer(layer, sequences.front().context->stop);
      for (const Passing& sequence : sequences) {
        throwIfStopped(sequence.context->stop);
        const Angles& own = angles.at(sequence.hidden.size(0));
        block.forward(sequence.hidden, slides ? own.sliding : own.usual, workspace,
                      *sequence.context);
      }
      if (afterLayer) afterLayer(layer + 1);
    }
  });
}

void CausalLm::finish(const at::Tensor& hidden) const {
  backend::translated("the final norm", [&] {
    const c10::InferenceMode inference;
    finalNorm_.forward(hidden, hidden);
  });
}

AttentionWeights CausalLm::attentionWeights(int layer) const {
  return backend::translated("reading a layer", [&] {
    const c10::InferenceMode inference;
    const Block& block = layers_->layer(layer, {});
    const auto own = [&](const at::Tensor& weight) {
      return weight.to(at::kFloat, /*non_blocking=*/false, /*copy=*/streams());
    };
    if (const auto* mla = std::get_if<MlaAttention>(&block.attention))
      return AttentionWeights{.output = own(mla->output.weight), .expand = own(mla->expand.weight)};
    return AttentionWeights{.output = own(std::get<Attention>(block.attention).output.weight),
                            .expand = {}};
  });
}

RopeAngles CausalLm::angles(int layer, std::int64_t tokens) const {
  return (isSlidingLayer(config_, layer) ? slidingRope_ : rope_).angles(tokens);
}

at::Tensor CausalLm::forward(std::span<const std::int32_t> ids,
                             const ForwardContext& context) const {
  const Sequence sequence{.ids = ids, .context = context};
  return std::move(forward(std::span(&sequence, 1)).front());
}

std::vector<at::Tensor> CausalLm::forward(std::span<const Sequence> sequences,
                                          const LayerFn& afterLayer) const {
  std::vector<at::Tensor> hidden;  // [tokens, hidden] each
  std::vector<Passing> passing;
  for (const Sequence& sequence : sequences) {
    hidden.push_back(embed(sequence.ids));
    passing.push_back({.hidden = hidden.back(), .context = &sequence.context});
  }
  if (sequences.empty()) return hidden;
  runLayers(passing, 0, config_.numLayers, afterLayer);
  for (const at::Tensor& last : hidden) finish(last);
  return hidden;
}

}  // namespace kvloupe
