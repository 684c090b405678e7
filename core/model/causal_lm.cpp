// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causal_lm.hpp"

#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <cstring>

#include "common/error.hpp"
#include "model/backend.hpp"
#include "model/config/expected_tensors.hpp"
#include "model/config/family_traits.hpp"

namespace kvloupe {

CausalLm::CausalLm(const ModelConfig& config, WeightReader& reader) : config_(config), head_({}) {
  const FamilyTraits& traits = familyTraits(config.family);
  const auto module = [&](std::string_view name) { return std::string(traits.base).append(name); };
  embedding_ =
      reader.matrix(module(traits.embedding) + ".weight", config.vocabSize, config.hiddenSize);
  if (!traits.positions.empty())
    positions_ =
        reader.matrix(module(traits.positions) + ".weight", config.maxPositions, config.hiddenSize);
  const bool interleaved = traits.rotaryPairs == RotaryPairs::Interleaved;
  rope_ = makeRope(config.rope, rotaryDim(config), interleaved);
  slidingRope_ =
      config.slidingRope ? makeRope(*config.slidingRope, rotaryDim(config), interleaved) : rope_;
  for (int layer = 0; layer < config.numLayers; ++layer)
    blocks_.push_back(loadBlock(config, layer, reader));
  finalNorm_ =
      loadNorm(config, module(traits.finalNorm), config.hiddenSize, config.normEps, reader);
  finalNorm_.weight.mul_(config.logitScale);
  if (finalNorm_.bias.defined()) finalNorm_.bias.mul_(config.logitScale);
  head_ = OutputHead(config.tieWordEmbeddings ? embedding_
                                              : reader.matrix(std::string(traits.head) + ".weight",
                                                              config.vocabSize, config.hiddenSize),
                     config.logitSoftCap);
}

std::unique_ptr<CausalLm> CausalLm::load(const ModelConfig& config, const WeightSource& source,
                                         std::stop_token stop, const ProgressFn& progress) {
  requireRunnable(config);
  checkWeights(config, source);
  return backend::translated("loading the model", [&] {
    backend::useAllCores();
    const c10::InferenceMode inference;
    WeightReader reader(config, source, std::move(stop), progress);
    return std::unique_ptr<CausalLm>(new CausalLm(config, reader));
  });
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
    const float* rows = embedding_.data_ptr<float>();
    float* out = hidden.data_ptr<float>();
    for (const std::int32_t id : ids) {
      if (id < 0 || id >= config_.vocabSize)
        throw Error(ErrorCode::InvalidArgument,
                    {.message = "a token lies outside the model's vocabulary",
                     .expected = fmt::format("0 to {}", config_.vocabSize - 1),
                     .found = fmt::format("{}", id)});
      std::memcpy(out, rows + id * width, static_cast<std::size_t>(width) * sizeof(float));
      out += width;
    }
    if (config_.embeddingScale != 1) hidden.mul_(config_.embeddingScale);
    if (positions_.defined()) hidden.add_(positions_.narrow(0, 0, tokens));
    return hidden;  // [tokens, hidden]
  });
}

void CausalLm::runLayers(const at::Tensor& hidden, int first, int end,
                         const ForwardContext& context) const {
  backend::translated(fmt::format("a forward pass of {} tokens", hidden.size(0)), [&] {
    const c10::InferenceMode inference;
    Workspace workspace;
    const RopeAngles angles = rope_.angles(hidden.size(0));
    const RopeAngles slidingAngles =
        config_.slidingRope ? slidingRope_.angles(hidden.size(0)) : angles;
    for (int layer = first; layer < end; ++layer) {
      throwIfStopped(context.stop);
      blocks_[static_cast<std::size_t>(layer)].forward(
          hidden, isSlidingLayer(config_, layer) ? slidingAngles : angles, workspace, context);
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
  const auto& attention = blocks_[static_cast<std::size_t>(layer)].attention;
  if (const auto* mla = std::get_if<MlaAttention>(&attention))
    return {.output = mla->output.weight, .expand = mla->expand.weight};
  return {.output = std::get<Attention>(attention).output.weight, .expand = {}};
}

RopeAngles CausalLm::angles(int layer, std::int64_t tokens) const {
  return (isSlidingLayer(config_, layer) ? slidingRope_ : rope_).angles(tokens);
}

at::Tensor CausalLm::forward(std::span<const std::int32_t> ids,
                             const ForwardContext& context) const {
  const at::Tensor hidden = embed(ids);  // [tokens, hidden]
  runLayers(hidden, 0, config_.numLayers, context);
  finish(hidden);
  return hidden;
}

}  // namespace kvloupe
