// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/config/expected_tensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/config/tensor_patterns.hpp"

namespace kvloupe {
namespace {

void addLayer(const std::vector<TensorPattern>& patterns, const ModelConfig& config, int layer,
              std::vector<ExpectedTensor>& out) {
  for (const TensorPattern& pattern : patterns) {
    if (!layerHas(pattern, config, layer)) continue;
    for (int expert = 0; expert < std::max(1, pattern.experts); ++expert)
      out.push_back({fmt::format(fmt::runtime(pattern.name), fmt::arg("layer", layer),
                                 fmt::arg("expert", expert)),
                     pattern.shape});
  }
}

}  // namespace

std::vector<ExpectedTensor> expectedTensors(const ModelConfig& config) {
  const std::vector<TensorPattern> patterns = tensorPatterns(config);
  std::vector<ExpectedTensor> tensors;
  bool layersDone = false;
  for (const TensorPattern& pattern : patterns) {
    if (pattern.layers == TensorLayers::None) {
      tensors.push_back({pattern.name, pattern.shape});
    } else if (!std::exchange(layersDone, true)) {
      for (int layer = 0; layer < config.numLayers; ++layer)
        addLayer(patterns, config, layer, tensors);
    }
  }
  return tensors;
}

}  // namespace kvloupe
