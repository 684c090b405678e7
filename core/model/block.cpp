// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/block.hpp"

#include <ATen/TensorOperators.h>
#include <fmt/format.h>

#include "model/config/family_traits.hpp"

namespace kvloupe {

void Block::forward(const at::Tensor& hidden, const RopeAngles& angles, Workspace& workspace,
                    const ForwardContext& context) const {
  const std::int64_t tokens = hidden.size(0), width = hidden.size(1);
  const at::Tensor normed = workspace.take(Workspace::Normed, tokens, width);  // [tokens, hidden]

  /// hidden += branchScale * postNorm(branch); a branch adds to what it is given.
  const auto add = [&](const std::optional<Norm>& postNorm, const auto& branch) {
    if (!postNorm && branchScale == 1) return branch(hidden);
    const at::Tensor added = workspace.take(Workspace::Branch, tokens, width);
    added.zero_();
    branch(added);
    if (postNorm) postNorm->forward(added, added);
    hidden.add_(added, branchScale);
  };

  attentionNorm.forward(hidden, normed);
  at::Tensor mlpInput = normed;
  if (parallel) {
    mlpInput = workspace.take(Workspace::ParallelNormed, tokens, width);
    mlpNorm.forward(hidden, mlpInput);
  }
  add(postAttentionNorm, [&](const at::Tensor& y) {
    std::visit([&](const auto& kind) { kind.accumulate(normed, y, angles, workspace, context); },
               attention);
  });
  if (!parallel) mlpNorm.forward(hidden, mlpInput);
  add(postMlpNorm, [&](const at::Tensor& y) {
    std::visit([&](const auto& kind) { kind.accumulate(mlpInput, y, workspace, context.stop); },
               mlp);
  });
}

Block loadBlock(const ModelConfig& config, int layer, WeightReader& reader) {
  const FamilyTraits& traits = familyTraits(config.family);
  const std::string prefix = fmt::format("{}{}.{}.", traits.base, traits.layers, layer);
  const auto norm = [&](std::string_view name) {
    return loadNorm(config, prefix + std::string(name), config.hiddenSize, config.normEps, reader);
  };
  Block block;
  block.branchScale = config.branchScale;
  block.parallel = config.parallelResidual;
  block.attentionNorm = norm(traits.attentionNorm);
  const std::string attention = fmt::format("{}{}.", prefix, traits.attention);
  if (config.mla)
    block.attention = loadMla(config, layer, attention, reader);
  else
    block.attention = loadAttention(config, layer, attention, reader);
  if (!traits.postAttentionNorm.empty()) block.postAttentionNorm = norm(traits.postAttentionNorm);
  block.mlpNorm = norm(traits.mlpNorm);
  const std::string mlp = fmt::format("{}{}.", prefix, traits.mlp);
  if (isMoeLayer(config, layer))
    block.mlp = loadMoe(config, mlp, reader);
  else
    block.mlp = loadMlp(config, config.intermediateSize, config.mlpBias, mlp, reader);
  if (!traits.postMlpNorm.empty()) block.postMlpNorm = norm(traits.postMlpNorm);
  return block;
}

}  // namespace kvloupe
