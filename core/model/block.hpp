// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <variant>

#include "model/attention.hpp"
#include "model/mla.hpp"
#include "model/mlp.hpp"
#include "model/moe.hpp"
#include "model/norm.hpp"

namespace kvloupe {

/// One decoder layer: h += attention(norm(h)); h += mlp(norm(h)).
struct Block {
  Norm attentionNorm;
  std::variant<Attention, MlaAttention> attention;
  std::optional<Norm> postAttentionNorm;  // of what attention adds
  Norm mlpNorm;
  std::variant<Mlp, Moe> mlp;
  std::optional<Norm> postMlpNorm;  // of what the MLP adds
  double branchScale = 1;           // of what either adds
  bool parallel = false;            // h += attention(norm(h)) + mlp(norm'(h))

  /// hidden [tokens, hidden], in place. Throws Cancelled.
  void forward(const at::Tensor& hidden, const RopeAngles& angles, Workspace& workspace,
               const ForwardContext& context) const;
};

[[nodiscard]] Block loadBlock(const ModelConfig& config, int layer, WeightReader& reader);

}  // namespace kvloupe
