// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/attention.hpp"

#include <vector>

#include "model/config/family_traits.hpp"

namespace kvloupe {

void Attention::accumulate(const at::Tensor& x, const at::Tensor& y, const RopeAngles& angles,
                           Workspace& workspace, const ForwardContext& context) const {
  const std::int64_t tokens = x.size(0);
  const at::Tensor projected = workspace.take(Workspace::Projected, tokens, qkv.weight.size(0));
  qkv.multiply(x, projected, workspace, context.stop);
  std::vector<RecentCache> recent;
  for (const std::int64_t newest : residualsOf(context, layer)) {
    const Heads own = finish(projected.clone(), angles, recentContext(context, newest));
    recent.push_back({.newest = newest, .k = own.k, .v = own.v});
  }
  const Heads heads = finish(projected, angles, context);
  passAttention(context, layer, heads.q, heads.k, recent, scores);

  const at::Tensor attended = workspace.take(Workspace::Attended, tokens, numHeads * headDim);
  causalAttention(heads.q, heads.k, heads.v, recent, scores,
                  attended.view({tokens, numHeads, headDim}), context.stop);
  output.accumulate(attended, y, workspace, context.stop);
}

Attention::Heads Attention::finish(const at::Tensor& projected, const RopeAngles& angles,
                                   const ForwardContext& context) const {
  const at::Tensor heads = projected.view(
      {projected.size(0), numHeads + 2 * numKvHeads, headDim});  // [tokens, q + k + v, headDim]
  const at::Tensor q = heads.narrow(1, 0, numHeads);             // [tokens, numHeads, headDim]
  const at::Tensor k = heads.narrow(1, numHeads, numKvHeads);    // [tokens, numKvHeads, headDim]
  const at::Tensor v = heads.narrow(1, numHeads + numKvHeads, numKvHeads);

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
  return {.q = q, .k = k, .v = v};
}

namespace {

/// Rows that stand head by head, each with its query, key and value, become all queries above all
/// keys above all values. rows [heads * 3 * headDim, ...].
at::Tensor gatherKinds(const at::Tensor& rows, std::int64_t heads, std::int64_t headDim) {
  if (!rows.defined()) return rows;
  return rows.view({heads, 3, headDim, -1}).transpose(0, 1).reshape(rows.sizes()).contiguous();
}

Linear loadQkv(const ModelConfig& config, const std::string& prefix, WeightReader& reader) {
  const FamilyTraits& traits = familyTraits(config.family);
  const std::int64_t dim = config.headDim, hidden = config.hiddenSize;
  const std::int64_t queries = config.numHeads * dim, keys = config.numKvHeads * dim;
  if (traits.qkvStorage == QkvStorage::Separate)
    return reader.linear(prefix, {{"q_proj", queries}, {"k_proj", keys}, {"v_proj", keys}}, hidden,
                         config.qkvBias);
  Linear qkv = reader.linear(prefix, {{traits.qkv, queries + 2 * keys}}, hidden, config.qkvBias);
  if (traits.qkvStorage == QkvStorage::HeadByHead) {
    qkv.weight = gatherKinds(qkv.weight, config.numHeads, dim);
    qkv.bias = gatherKinds(qkv.bias, config.numHeads, dim);
  }
  return qkv;
}

}  // namespace

Attention loadAttention(const ModelConfig& config, int layer, const std::string& prefix,
                        WeightReader& reader) {
  const FamilyTraits& traits = familyTraits(config.family);
  const std::int64_t queries = std::int64_t{config.numHeads} * config.headDim;
  Attention attention{
      .layer = layer,
      .numHeads = config.numHeads,
      .numKvHeads = config.numKvHeads,
      .headDim = config.headDim,
      .scores = {.scale = config.scoreScale / (config.scoresOverLayer ? layer + 1 : 1),
                 .softCap = config.scoreSoftCap,
                 .window = isSlidingLayer(config, layer) ? *config.slidingWindow : 0},
      .qkv = loadQkv(config, prefix, reader),
      .output = reader.linear(prefix, {{traits.attentionOutput, config.hiddenSize}}, queries,
                              config.oBias)};
  if (traits.queryKeyNorm) {
    attention.queryNorm =
        loadNorm(config, prefix + "q_norm", config.headDim, config.normEps, reader);
    attention.keyNorm = loadNorm(config, prefix + "k_norm", config.headDim, config.normEps, reader);
  }
  return attention;
}

}  // namespace kvloupe
