// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/config/model_config.hpp"

namespace kvloupe {

/// Which layers have a tensor; None: it stands outside of them.
enum class TensorLayers : std::uint8_t { None, All, Dense, Moe };

/// A tensor of a checkpoint, or one a layer, or one a layer and expert.
struct TensorPattern {
  std::string name;  // with {layer} and {expert} in it, for fmt
  std::vector<std::int64_t> shape;
  TensorLayers layers = TensorLayers::None;
  int experts = 0;  // 0: not one an expert
};

/// The tensors of a checkpoint in the order of the forward pass: one description that names,
/// shapes and the number of parameters all come from.
[[nodiscard]] std::vector<TensorPattern> tensorPatterns(const ModelConfig& config);

[[nodiscard]] bool layerHas(const TensorPattern& pattern, const ModelConfig& config, int layer);

/// How many tensors a pattern stands for.
[[nodiscard]] std::int64_t copies(const TensorPattern& pattern, const ModelConfig& config);

}  // namespace kvloupe
