// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/restricted_specs.hpp"

#include <algorithm>

namespace kvloupe {
namespace {

bool covers(const CompressionSpec& spec, int layer) {
  return spec.layers.empty() ||
         std::any_of(spec.layers.begin(), spec.layers.end(), [&](const auto& range) {
           return range.first <= layer && layer <= range.second;
         });
}

}  // namespace

std::vector<CompressionSpec> restrictedSpecs(std::span<const CompressionSpec> specs,
                                             std::span<const Target> targets,
                                             std::span<const int> layers) {
  std::vector<int> ascending(layers.begin(), layers.end());
  std::sort(ascending.begin(), ascending.end());
  std::vector<CompressionSpec> result;
  for (const CompressionSpec& spec : specs) {
    CompressionSpec part = spec;
    std::erase_if(part.targets, [&](Target target) {
      return std::find(targets.begin(), targets.end(), target) == targets.end();
    });
    part.layers.clear();
    for (const int layer : ascending) {
      if (!covers(spec, layer)) continue;
      if (!part.layers.empty() && part.layers.back().second == layer - 1)
        part.layers.back().second = layer;
      else
        part.layers.emplace_back(layer, layer);
    }
    if (!part.targets.empty() && !part.layers.empty()) result.push_back(std::move(part));
  }
  return result;
}

}  // namespace kvloupe
