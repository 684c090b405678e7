// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "types/tap.hpp"

namespace kvloupe {

enum class AttentionKind : std::uint8_t { Standard, Mla };

struct WeightFile {
  std::string name;  // relative to the model folder
  std::int64_t bytes = 0;
  std::string sha256;  // empty while pending
};

/// What is known of a model once its folder is open: facts only, no weights.
struct ModelInfo {
  std::string name;    // "demo:gqa" or the folder's name
  std::string folder;  // absolute path
  std::string family;  // config.json's model_type
  AttentionKind attention = AttentionKind::Standard;
  int numLayers = 0;
  int numHeads = 0;
  int numKvHeads = 0;
  int headDim = 0;        // of K; in MLA qk_nope_head_dim
  int vHeadDim = 0;       // of V
  int kvLoraRank = 0;     // MLA only, else 0
  int qkRopeHeadDim = 0;  // MLA only, else 0
  int hiddenSize = 0;
  int vocabSize = 0;
  int maxPositions = 0;
  bool qkvBias = false;
  bool rotary = true;  // without rotary positions K before and after them is the same
  std::int64_t parameterCount = 0;
  std::string storedDtype;           // as config.json says: "bfloat16"
  std::string computeDtype;          // "float32" or "bfloat16"
  std::string computeNote;           // how this CPU does at bfloat16, where it matters; not kept
  std::string device;                // "CPU, 2 threads"
  std::int64_t kvBytesPerToken = 0;  // of the uncompressed cache, 16 bits a value
  std::vector<Tap> taps;             // those this model has, in the order of `Tap`
  std::string tokenizer;             // one line that describes it
  std::string configJson;            // verbatim
  std::vector<WeightFile> weightFiles;
  std::vector<std::string> warnings;
};

/// Heads and dimensions a tap has in this model: values are [tokens, heads, dim].
struct TapShape {
  int heads = 0;
  int dim = 0;
};

[[nodiscard]] constexpr TapShape tapShape(const ModelInfo& model, Tap tap) {
  const bool mla = model.attention == AttentionKind::Mla;
  switch (tap) {
    case Tap::KPrebias:
    case Tap::K:
      return {model.numKvHeads, model.headDim};
    case Tap::KRope:
      return mla ? TapShape{1, model.qkRopeHeadDim} : TapShape{model.numKvHeads, model.headDim};
    case Tap::V:
      return {model.numKvHeads, model.vHeadDim};
    case Tap::LatentRaw:
    case Tap::Latent:
      return {1, model.kvLoraRank};
    case Tap::Q:
      return {model.numHeads, model.headDim};
    case Tap::QRope:
      return {model.numHeads, mla ? model.qkRopeHeadDim : model.headDim};
  }
  return {};
}

}  // namespace kvloupe
