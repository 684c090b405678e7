// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/mla.hpp"

#include <ATen/ops/cat.h>

#include <vector>

#include "model/config/family_traits.hpp"

namespace kvloupe {

namespace {

constexpr double kLatentNormEps = 1e-6;  // whatever rms_norm_eps says

/// The last `rope` rows of every `block` rows, pairs (2i, 2i + 1), become (i, i + rope / 2): then a
/// rotation by halves gives what DeepSeek-V3's cache holds. rows [heads * block, ...].
at::Tensor deinterleaved(const at::Tensor& rows, std::int64_t block, std::int64_t rope) {
  if (!rows.defined()) return rows;
  const at::Tensor heads = rows.view({-1, block, rows.numel() / rows.size(0)});
  const at::Tensor pairs = heads.narrow(1, block - rope, rope);  // [heads, rope, in]
  return at::cat({heads.narrow(1, 0, block - rope), pairs.slice(1, 0, rope, 2),
                  pairs.slice(1, 1, rope, 2)},
                 1)
      .view(rows.sizes());
}

}  // namespace

at::Tensor MlaAttention::queries(const at::Tensor& x, Workspace& workspace,
                                 const std::stop_token& stop) const {
  const std::int64_t tokens = x.size(0);
  const at::Tensor q = workspace.take(Workspace::Queries, tokens, query.weight.size(0));
  if (queryDown) {
    const at::Tensor low = workspace.take(Workspace::QueryLatent, tokens,
                                          queryDown->weight.size(0));  // [.., qLoraRank]
    queryDown->project(x, low, workspace, stop);
    queryNorm->forward(low, low);
    query.project(low, q, workspace, stop);
  } else {
    query.project(x, q, workspace, stop);
  }
  return q.view({tokens, numHeads, nopeDim + ropeDim});
}

void MlaAttention::accumulate(const at::Tensor& x, const at::Tensor& y, const RopeAngles& angles,
                              Workspace& workspace, const ForwardContext& context) const {
  const std::int64_t tokens = x.size(0);
  const at::Tensor q = queries(x, workspace, context.stop);  // [tokens, numHeads, nope + rope]
  const at::Tensor rotaryQuery = q.narrow(2, nopeDim, ropeDim);
  passTap(context, layer, Tap::Q, q.narrow(2, 0, nopeDim));
  angles.rotate(rotaryQuery);
  passTap(context, layer, Tap::QRope, rotaryQuery);

  // Down: the latent and the shared rotary key, which is all that the cache holds.
  const at::Tensor down = workspace.take(Workspace::Projected, tokens, latentDim + ropeDim);
  latentDown.project(x, down, workspace, context.stop);
  std::vector<RecentCache> recent;
  for (const std::int64_t newest : residualsOf(context, layer)) {
    const KeysAndValues own =
        expanded(down.clone(), angles, workspace, recentContext(context, newest));
    recent.push_back({.newest = newest, .k = own.k.clone(), .v = own.v.clone()});
  }
  const auto [k, v] = expanded(down, angles, workspace, context);
  passAttention(context, layer, q, k, recent, scores);

  const at::Tensor attended = workspace.take(Workspace::Attended, tokens, numHeads * vDim);
  causalAttention(q, k, v, recent, scores, attended.view({tokens, numHeads, vDim}), context.stop);
  output.accumulate(attended, y, workspace, context.stop);
}

MlaAttention::KeysAndValues MlaAttention::expanded(const at::Tensor& down, const RopeAngles& angles,
                                                   Workspace& workspace,
                                                   const ForwardContext& context) const {
  const std::int64_t tokens = down.size(0);
  const at::Tensor latent = down.narrow(1, 0, latentDim);  // [tokens, latentDim]
  const at::Tensor rotaryKey =
      down.narrow(1, latentDim, ropeDim).unsqueeze(1);  // [tokens, 1, ropeDim]
  passTap(context, layer, Tap::LatentRaw, latent.unsqueeze(1));
  latentNorm.forward(latent, latent);
  passTap(context, layer, Tap::Latent, latent.unsqueeze(1));
  angles.rotate(rotaryKey);
  passTap(context, layer, Tap::KRope, rotaryKey);

  // Up: every head's key without position, and its value.
  const at::Tensor up = workspace.take(Workspace::Expanded, tokens, numHeads * (nopeDim + vDim));
  const at::Tensor heads = up.view({tokens, numHeads, nopeDim + vDim});
  const at::Tensor nopeKey = heads.narrow(2, 0, nopeDim);  // [tokens, numHeads, nopeDim]
  const at::Tensor v = heads.narrow(2, nopeDim, vDim);     // [tokens, numHeads, vDim]
  expand.project(latent, up, workspace, context.stop);
  passTap(context, layer, Tap::K, nopeKey);
  passTap(context, layer, Tap::V, v);

  const at::Tensor k = workspace.take(Workspace::Keys, tokens, numHeads * (nopeDim + ropeDim))
                           .view({tokens, numHeads, nopeDim + ropeDim});
  k.narrow(2, 0, nopeDim).copy_(nopeKey);
  k.narrow(2, nopeDim, ropeDim).copy_(rotaryKey.expand({tokens, numHeads, ropeDim}));
  return {.k = k, .v = v};
}

MlaAttention loadMla(const ModelConfig& config, int layer, const std::string& prefix,
                     WeightReader& reader) {
  const MlaConfig& mla = *config.mla;
  const FamilyTraits& traits = familyTraits(config.family);
  const std::int64_t hidden = config.hiddenSize, heads = config.numHeads;
  const std::int64_t nope = mla.qkNopeHeadDim, rope = mla.qkRopeHeadDim, vDim = mla.vHeadDim;
  const std::int64_t latent = mla.kvLoraRank, queryWidth = heads * (nope + rope);
  MlaAttention attention;
  attention.layer = layer;
  attention.numHeads = heads;
  attention.nopeDim = nope;
  attention.ropeDim = rope;
  attention.vDim = vDim;
  attention.latentDim = latent;
  attention.scores.scale = config.scoreScale;
  if (traits.yarnSoftmaxScale && config.rope.scaling != RopeScaling::None &&
      config.rope.mscaleAllDim) {
    const double magnitude = yarnMagnitude(config.rope.factor, *config.rope.mscaleAllDim);
    attention.scores.scale *= magnitude * magnitude;
  }
  if (mla.qLoraRank) {
    const std::int64_t rank = *mla.qLoraRank;
    attention.queryDown = reader.linear(prefix, {{"q_a_proj", rank}}, hidden, config.qkvBias);
    attention.queryNorm = loadNorm(config, prefix + "q_a_layernorm", rank, kLatentNormEps, reader);
    attention.query = reader.linear(prefix, {{"q_b_proj", queryWidth}}, rank, false);
  } else {
    attention.query = reader.linear(prefix, {{"q_proj", queryWidth}}, hidden, false);
  }
  attention.latentDown =
      reader.linear(prefix, {{"kv_a_proj_with_mqa", latent + rope}}, hidden, config.qkvBias);
  attention.latentNorm =
      loadNorm(config, prefix + "kv_a_layernorm", latent, kLatentNormEps, reader);
  attention.expand = reader.linear(prefix, {{"kv_b_proj", heads * (nope + vDim)}}, latent, false);
  attention.output = reader.linear(prefix, {{"o_proj", hidden}}, heads * vDim, config.oBias);
  if (traits.rotaryPairs == RotaryPairs::Deinterleaved && config.rope.interleave) {
    Linear& down = attention.latentDown;
    attention.query.weight = deinterleaved(attention.query.weight, nope + rope, rope);
    down.weight = deinterleaved(down.weight, latent + rope, rope);
    down.bias = deinterleaved(down.bias, latent + rope, rope);
  }
  return attention;
}

}  // namespace kvloupe
