// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <variant>

#include "model/attention.hpp"
#include "model/mla.hpp"
#include "model/mlp.hpp"
#include "model/moe.hpp"

namespace kvloupe {

/// One decoder layer: h += attention(norm(h)); h += mlp(norm(h)).
struct Block {
  RmsNorm attentionNorm;
  std::variant<Attention, MlaAttention> attention;
  RmsNorm mlpNorm;
  std::variant<Mlp, Moe> mlp;

  /// hidden [tokens, hidden], in place. Throws Cancelled.
  void forward(const at::Tensor& hidden, const RopeAngles& angles, Workspace& workspace,
               const ForwardContext& context) const;
};

[[nodiscard]] Block loadBlock(const ModelConfig& config, int layer, WeightReader& reader);

}  // namespace kvloupe
