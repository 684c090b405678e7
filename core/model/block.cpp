// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/block.hpp"

#include <fmt/format.h>

namespace kvloupe {

void Block::forward(const at::Tensor& hidden, const RopeAngles& angles, Workspace& workspace,
                    const ForwardContext& context) const {
  const at::Tensor normed =
      workspace.take(Workspace::Normed, hidden.size(0), hidden.size(1));  // [tokens, hidden]
  attentionNorm.forward(hidden, normed);
  std::visit([&](const auto& kind) { kind.accumulate(normed, hidden, angles, workspace, context); },
             attention);
  mlpNorm.forward(hidden, normed);
  std::visit([&](const auto& kind) { kind.accumulate(normed, hidden, workspace, context.stop); },
             mlp);
}

Block loadBlock(const ModelConfig& config, int layer, WeightReader& reader) {
  const std::string prefix = fmt::format("model.layers.{}.", layer);
  const auto norm = [&](const char* name) {
    return RmsNorm{.weight = reader.vector(prefix + name, config.hiddenSize),
                   .eps = static_cast<float>(config.normEps)};
  };
  Block block;
  block.attentionNorm = norm("input_layernorm.weight");
  if (config.mla)
    block.attention = loadMla(config, layer, prefix + "self_attn.", reader);
  else
    block.attention = loadAttention(config, layer, prefix + "self_attn.", reader);
  block.mlpNorm = norm("post_attention_layernorm.weight");
  if (isMoeLayer(config, layer))
    block.mlp = loadMoe(config, prefix + "mlp.", reader);
  else
    block.mlp = loadMlp(config, config.intermediateSize, config.mlpBias, prefix + "mlp.", reader);
  return block;
}

}  // namespace kvloupe
