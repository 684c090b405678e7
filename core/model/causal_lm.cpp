// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causal_lm.hpp"

#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <cstring>

#include "common/error.hpp"
#include "model/backend.hpp"
#include "model/config/expected_tensors.hpp"
#include "model/families.hpp"

namespace kvloupe {

CausalLm::CausalLm(const ModelConfig& config, WeightReader& reader)
    : config_(config),
      embedding_(reader.matrix("model.embed_tokens.weight", config.vocabSize, config.hiddenSize)),
      rope_(makeRope(config.rope, config.mla ? config.mla->qkRopeHeadDim : config.headDim,
                     familyTraits(config.family).interleavedRope)),
      head_(config.tieWordEmbeddings
                ? embedding_
                : reader.matrix("lm_head.weight", config.vocabSize, config.hiddenSize)) {
  for (int layer = 0; layer < config.numLayers; ++layer)
    blocks_.push_back(loadBlock(config, layer, reader));
  finalNorm_ = {.weight = reader.vector("model.norm.weight", config.hiddenSize),
                .eps = static_cast<float>(config.normEps)};
}

std::unique_ptr<CausalLm> CausalLm::load(const ModelConfig& config, const WeightSource& source,
                                         std::stop_token stop, const ProgressFn& progress) {
  requireRunnable(config);
  checkWeights(config, source);
  return backend::translated("loading the model", [&] {
    backend::useAllCores();
    const c10::InferenceMode inference;
    WeightReader reader(source, std::move(stop), progress);
    return std::unique_ptr<CausalLm>(new CausalLm(config, reader));
  });
}

at::Tensor CausalLm::embed(std::span<const std::int32_t> ids) const {
  if (ids.empty())
    throw Error(
        ErrorCode::InvalidArgument,
        {.message = "there is no token to run", .expected = "1 token or more", .found = "0"});
  return backend::translated(fmt::format("the embedding of {} tokens", ids.size()), [&] {
    const c10::InferenceMode inference;
    at::Tensor hidden =
        at::empty({static_cast<std::int64_t>(ids.size()), config_.hiddenSize}, at::kFloat);
    const float* rows = embedding_.data_ptr<float>();
    float* out = hidden.data_ptr<float>();
    for (const std::int32_t id : ids) {
      if (id < 0 || id >= config_.vocabSize)
        throw Error(ErrorCode::InvalidArgument,
                    {.message = "a token lies outside the model's vocabulary",
                     .expected = fmt::format("0 to {}", config_.vocabSize - 1),
                     .found = fmt::format("{}", id)});
      std::memcpy(out, rows + static_cast<std::int64_t>(id) * config_.hiddenSize,
                  static_cast<std::size_t>(config_.hiddenSize) * sizeof(float));
      out += config_.hiddenSize;
    }
    return hidden;  // [tokens, hidden]
  });
}

void CausalLm::runLayers(const at::Tensor& hidden, int first, int end,
                         const ForwardContext& context) const {
  backend::translated(fmt::format("a forward pass of {} tokens", hidden.size(0)), [&] {
    const c10::InferenceMode inference;
    Workspace workspace;
    const RopeAngles angles = rope_.angles(hidden.size(0));
    for (int layer = first; layer < end; ++layer) {
      throwIfStopped(context.stop);
      blocks_[static_cast<std::size_t>(layer)].forward(hidden, angles, workspace, context);
    }
  });
}

void CausalLm::finish(const at::Tensor& hidden) const {
  backend::translated("the final norm", [&] {
    const c10::InferenceMode inference;
    finalNorm_.forward(hidden, hidden);
  });
}

at::Tensor CausalLm::forward(std::span<const std::int32_t> ids,
                             const ForwardContext& context) const {
  const at::Tensor hidden = embed(ids);  // [tokens, hidden]
  runLayers(hidden, 0, config_.numLayers, context);
  finish(hidden);
  return hidden;
}

}  // namespace kvloupe
