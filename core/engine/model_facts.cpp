// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model_facts.hpp"

#include <utility>

namespace kvloupe {

ModelInfo modelFacts(const ModelConfig& config, std::string name,
                     const std::filesystem::path& folder) {
  ModelInfo info;
  info.name = std::move(name);
  info.folder = folder.string();
  info.family = config.modelType;
  info.attention = config.mla ? AttentionKind::Mla : AttentionKind::Standard;
  info.numLayers = config.numLayers;
  info.numHeads = config.numHeads;
  info.numKvHeads = config.numKvHeads;
  info.headDim = info.vHeadDim = config.headDim;
  if (config.mla) {
    info.headDim = config.mla->qkNopeHeadDim;
    info.vHeadDim = config.mla->vHeadDim;
    info.kvLoraRank = config.mla->kvLoraRank;
    info.qkRopeHeadDim = config.mla->qkRopeHeadDim;
  }
  info.hiddenSize = config.hiddenSize;
  info.vocabSize = config.vocabSize;
  info.maxPositions = config.maxPositions;
  info.qkvBias = config.qkvBias;
  info.rotary = rotaryDim(config) > 0;
  info.parameterCount = parameterCount(config);
  info.storedDtype = config.storedDtype;
  info.kvBytesPerToken = kvBytesPerToken(config);
  info.configJson = config.json;
  info.warnings = config.warnings;
  if (config.quantization)
    info.warnings.push_back("the weights are quantized (" + *config.quantization +
                            "): they can be described, not run");
  if (config.mla) {
    info.taps = {Tap::K, Tap::KRope, Tap::V, Tap::LatentRaw, Tap::Latent, Tap::Q, Tap::QRope};
  } else {
    if (config.qkvBias) info.taps.push_back(Tap::KPrebias);
    info.taps.insert(info.taps.end(), {Tap::K, Tap::KRope, Tap::V, Tap::Q, Tap::QRope});
  }
  return info;
}

}  // namespace kvloupe
