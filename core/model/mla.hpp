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

/// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1). The cache holds a
/// latent, from which every head's K and V are expanded, and one rotary key that all heads share.
struct MlaAttention {
  int layer = 0;
  std::int64_t numHeads = 0;
  std::int64_t nopeDim = 0;    // of a query and key, without position
  std::int64_t ropeDim = 0;    // of a query and key, rotated
  std::int64_t vDim = 0;       // of a value
  std::int64_t latentDim = 0;  // kv_lora_rank
  ScoreRule scores;

  std::optional<Linear> queryDown;  // q_a_proj [qLoraRank, hidden]
  std::optional<Norm> queryNorm;    // over qLoraRank
  Linear query;       // q_b_proj or q_proj [numHeads * (nopeDim + ropeDim), qLoraRank or hidden]
  Linear latentDown;  // kv_a_proj_with_mqa [latentDim + ropeDim, hidden]
  Norm latentNorm;    // over latentDim
  Linear expand;      // kv_b_proj [numHeads * (nopeDim + vDim), latentDim]
  Linear output;      // [hidden, numHeads * vDim]

  /// y [tokens, hidden] += attention(x [tokens, hidden]). Taps, in this order: q, q_rope,
  /// latent_raw, latent, k_rope, k, v. Throws Cancelled.
  void accumulate(const at::Tensor& x, const at::Tensor& y, const RopeAngles& angles,
                  Workspace& workspace, const ForwardContext& context) const;

 private:
  /// [tokens, numHeads, nopeDim + ropeDim], before rotation.
  [[nodiscard]] at::Tensor queries(const at::Tensor& x, Workspace& workspace,
                                   const std::stop_token& stop) const;
  struct KeysAndValues {
    at::Tensor k, v;  // [tokens, numHeads, nopeDim + ropeDim], [tokens, numHeads, vDim]
  };
  /// Keys and values from `down` [tokens, latentDim + ropeDim], which becomes what the cache holds;
  /// in the workspace.
  [[nodiscard]] KeysAndValues expanded(const at::Tensor& down, const RopeAngles& angles,
                                       Workspace& workspace, const ForwardContext& context) const;
};

/// `prefix` names the module: "model.layers.3.self_attn.".
[[nodiscard]] MlaAttention loadMla(const ModelConfig& config, int layer, const std::string& prefix,
                                   WeightReader& reader);

}  // namespace kvloupe
