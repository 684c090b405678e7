// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/config/expected_tensors.hpp"

#include <algorithm>
#include <utility>

#include "model/config/tensor_patterns.hpp"

namespace kvloupe {
namespace {

void replace(std::string& text, std::string_view placeholder, int number) {
  const std::size_t at = text.find(placeholder);
  if (at != std::string::npos) text.replace(at, placeholder.size(), std::to_string(number));
}

void addLayer(const std::vector<TensorPattern>& patterns, const ModelConfig& config, int layer,
              std::vector<ExpectedTensor>& out) {
  for (const TensorPattern& pattern : patterns) {
    if (!layerHas(pattern, config, layer)) continue;
    std::string name = pattern.name;
    replace(name, "{layer}", layer);
    for (int expert = 0; expert < std::max(1, pattern.experts); ++expert) {
      std::string ofExpert = name;
      replace(ofExpert, "{expert}", expert);
      out.push_back({std::move(ofExpert), pattern.shape});
    }
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
