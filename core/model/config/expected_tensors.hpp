// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "io/weight_source.hpp"
#include "model/config/model_config.hpp"

namespace kvloupe {

struct ExpectedTensor {
  std::string name;                 // as in the file: "model.layers.3.self_attn.k_proj.weight"
  std::vector<std::int64_t> shape;  // [out, in] of a projection
};

/// Calls `visit` with every tensor that a checkpoint of this config holds, in the order of the
/// forward pass, by its full name (see TensorNames). No head where the embeddings are tied. A
/// config can declare more tensors than there is memory for their names.
void visitExpectedTensors(const ModelConfig& config,
                          const std::function<void(ExpectedTensor)>& visit);

/// The same as a list.
[[nodiscard]] std::vector<ExpectedTensor> expectedTensors(const ModelConfig& config);

/// Checks a checkpoint against its config. Throws Error(Mismatch) that names file, tensor, found
/// and expected where a tensor is missing or has another shape, or where there are more layers than
/// num_hidden_layers says; Error(Unsupported) for a type other than F32, F16 and BF16. Returns the
/// names of tensors that are not used, as transformers warns of them: not among them are buffers of
/// masks and rotary frequencies, a head beside tied embeddings, vision towers and DeepSeek-V3's
/// multi-token prediction.
std::vector<std::string> checkWeights(const ModelConfig& config, const WeightSource& source);

}  // namespace kvloupe
