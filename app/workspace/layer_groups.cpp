// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/layer_groups.hpp"

#include <QStringList>
#include <algorithm>
#include <utility>

namespace kvloupe {
namespace {

bool covers(const CompressionSpec& spec, int layer) {
  return spec.layers.empty() ||
         std::any_of(spec.layers.begin(), spec.layers.end(), [&](const auto& range) {
           return range.first <= layer && layer <= range.second;
         });
}

/// Ascending layers as inclusive ranges.
std::vector<std::pair<int, int>> rangesOf(std::span<const int> layers) {
  std::vector<std::pair<int, int>> ranges;
  for (const int layer : layers) {
    if (!ranges.empty() && ranges.back().second + 1 == layer)
      ranges.back().second = layer;
    else
      ranges.emplace_back(layer, layer);
  }
  return ranges;
}

}  // namespace

std::vector<std::vector<int>> layerGroups(std::span<const CompressionSpec> specs, int numLayers) {
  std::vector<std::pair<std::vector<bool>, std::vector<int>>> groups;
  for (int layer = 0; layer < numLayers; ++layer) {
    std::vector<bool> named;
    for (const CompressionSpec& spec : specs) named.push_back(covers(spec, layer));
    if (std::find(named.begin(), named.end(), true) == named.end()) continue;
    const auto group = std::find_if(groups.begin(), groups.end(),
                                    [&](const auto& each) { return each.first == named; });
    if (group == groups.end())
      groups.push_back({std::move(named), {layer}});
    else
      group->second.push_back(layer);
  }
  std::vector<std::vector<int>> layers;
  for (auto& [named, group] : groups) layers.push_back(std::move(group));
  return layers;
}

QString layersText(std::span<const int> layers) {
  QStringList parts;
  for (const auto& [first, last] : rangesOf(layers))
    parts << (first == last ? QString::number(first)
                            : QString::fromUtf8("%1–%2").arg(first).arg(last));
  return parts.join(", ");
}

}  // namespace kvloupe
