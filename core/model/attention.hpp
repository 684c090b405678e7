// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>

#include "model/causal_attention.hpp"
#include "model/config/model_config.hpp"
#include "model/forward_context.hpp"
#include "model/linear.hpp"
#include "model/norm.hpp"
#include "model/rope.hpp"
#include "model/weight_reader.hpp"
#include "model/workspace.hpp"

namespace kvloupe {

/// Attention with as many KV heads as query heads or fewer (Vaswani et al. 2017; grouped queries:
/// Ainslie et al. 2023), and where the family has them rotary positions, biases, norms of queries
/// and keys, a sliding window, capped scores.
struct Attention {
  int layer = 0;
  std::int64_t numHeads = 0;
  std::int64_t numKvHeads = 0;
  std::int64_t headDim = 0;
  ScoreRule scores;
  Linear qkv;  // [(numHeads + 2 * numKvHeads) * headDim, hidden]: q above k above v
  std::optional<Norm> queryNorm = {}, keyNorm = {};  // over headDim
  Linear output;                                     // [hidden, numHeads * headDim]

  /// y [tokens, hidden] += attention(x [tokens, hidden]). Taps, in this order: k_prebias, q, k, v,
  /// q_rope, k_rope. Throws Cancelled.
  void accumulate(const at::Tensor& x, const at::Tensor& y, const RopeAngles& angles,
                  Workspace& workspace, const ForwardContext& context) const;

 private:
  struct Heads {
    at::Tensor q, k, v;  // [tokens, numHeads or numKvHeads, headDim]
  };
  /// Makes what attention reads of the products of `qkv`, in place: biases, norms, positions, taps.
  [[nodiscard]] Heads finish(const at::Tensor& projected, const RopeAngles& angles,
                             const ForwardContext& context) const;
};

/// `prefix` names the module: "model.layers.3.self_attn.".
[[nodiscard]] Attention loadAttention(const ModelConfig& config, int layer,
                                      const std::string& prefix, WeightReader& reader);

}  // namespace kvloupe
