// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/attention.hpp"

#include <cmath>

#include "model/causal_attention.hpp"
#include "model/families.hpp"

namespace kvloupe {

void Attention::accumulate(const at::Tensor& x, const at::Tensor& y, const RopeAngles& angles,
                           Workspace& workspace, const ForwardContext& context) const {
  const std::int64_t tokens = x.size(0);
  const at::Tensor projected = workspace.take(Workspace::Projected, tokens, qkv.weight.size(0));
  const at::Tensor heads =
      projected.view({tokens, numHeads + 2 * numKvHeads, headDim});  // [tokens, q + k + v, headDim]
  const at::Tensor q = heads.narrow(1, 0, numHeads);                 // [tokens, numHeads, headDim]
  const at::Tensor k = heads.narrow(1, numHeads, numKvHeads);  // [tokens, numKvHeads, headDim]
  const at::Tensor v = heads.narrow(1, numHeads + numKvHeads, numKvHeads);

  qkv.multiply(x, projected, context.stop);
  if (qkv.bias.defined()) {
    passTap(context, layer, Tap::KPrebias, k);
    qkv.addBias(projected);
  }
  if (queryNorm) queryNorm->forward(q, q);
  if (keyNorm) keyNorm->forward(k, k);
  passTap(context, layer, Tap::Q, q);
  passTap(context, layer, Tap::K, k);
  passTap(context, layer, Tap::V, v);

  angles.rotate(heads.narrow(1, 0, numHeads + numKvHeads));
  passTap(context, layer, Tap::QRope, q);
  passTap(context, layer, Tap::KRope, k);

  const at::Tensor attended = workspace.take(Workspace::Attended, tokens, numHeads * headDim);
  causalAttention(q, k, v, scale, window, attended.view({tokens, numHeads, headDim}), context.stop);
  output.accumulate(attended, y, context.stop);
}

Attention loadAttention(const ModelConfig& config, int layer, const std::string& prefix,
                        WeightReader& reader) {
  const std::int64_t dim = config.headDim, queries = config.numHeads * dim,
                     keys = config.numKvHeads * dim;
  Attention attention{
      .layer = layer,
      .numHeads = config.numHeads,
      .numKvHeads = config.numKvHeads,
      .headDim = dim,
      .scale = 1 / std::sqrt(static_cast<double>(dim)),
      .window = isSlidingLayer(config, layer) ? *config.slidingWindow : 0,
      .qkv = reader.linear(prefix, {{"q_proj", queries}, {"k_proj", keys}, {"v_proj", keys}},
                           config.hiddenSize, config.qkvBias),
      .output = reader.linear(prefix, {{"o_proj", config.hiddenSize}}, queries, config.oBias)};
  if (familyTraits(config.family).queryKeyNorm) {
    const float eps = static_cast<float>(config.normEps);
    attention.queryNorm =
        RmsNorm{.weight = reader.vector(prefix + "q_norm.weight", dim), .eps = eps};
    attention.keyNorm = RmsNorm{.weight = reader.vector(prefix + "k_norm.weight", dim), .eps = eps};
  }
  return attention;
}

}  // namespace kvloupe
