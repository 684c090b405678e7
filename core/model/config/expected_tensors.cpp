// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/config/expected_tensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/config/tensor_patterns.hpp"

namespace kvloupe {
namespace {

using Visit = std::function<void(ExpectedTensor)>;

void visitLayer(const std::vector<TensorPattern>& patterns, const ModelConfig& config, int layer,
                const Visit& visit) {
  for (const TensorPattern& pattern : patterns) {
    if (!layerHas(pattern, config, layer)) continue;
    for (int expert = 0; expert < std::max(1, pattern.experts); ++expert)
      visit({fmt::format(fmt::runtime(pattern.name), fmt::arg("layer", layer),
                         fmt::arg("expert", expert)),
             pattern.shape});
  }
}

}  // namespace

void visitExpectedTensors(const ModelConfig& config, const Visit& visit) {
  const std::vector<TensorPattern> patterns = tensorPatterns(config);
  bool layersDone = false;
  for (const TensorPattern& pattern : patterns) {
    if (pattern.layers == TensorLayers::None) {
      visit({pattern.name, pattern.shape});
    } else if (!std::exchange(layersDone, true)) {
      for (int layer = 0; layer < config.numLayers; ++layer)
        visitLayer(patterns, config, layer, visit);
    }
  }
}

std::vector<ExpectedTensor> expectedTensors(const ModelConfig& config) {
  std::vector<ExpectedTensor> tensors;
  visitExpectedTensors(config,
                       [&tensors](ExpectedTensor tensor) { tensors.push_back(std::move(tensor)); });
  return tensors;
}

}  // namespace kvloupe
