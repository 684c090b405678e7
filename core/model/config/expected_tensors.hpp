// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/weight_source.hpp"
#include "model/config/model_config.hpp"

namespace kvloupe {

struct ExpectedTensor {
  std::string name;                 // as in the file: "model.layers.3.self_attn.k_proj.weight"
  std::vector<std::int64_t> shape;  // [out, in] of a projection
};

/// Every tensor that a checkpoint of this config holds, in the order of the forward pass. No
/// lm_head where the embeddings are tied.
[[nodiscard]] std::vector<ExpectedTensor> expectedTensors(const ModelConfig& config);

/// Checks a checkpoint against its config. Throws Error(Mismatch) that names file, tensor, found
/// and expected where a tensor is missing, has another shape or a type that is not F32, F16 or
/// BF16, or where there are more layers than num_hidden_layers says. Rotary inv_freq buffers, an
/// lm_head beside tied embeddings and DeepSeek's multi-token-prediction layers are tolerated.
void checkWeights(const ModelConfig& config, const WeightSource& source);

}  // namespace kvloupe
