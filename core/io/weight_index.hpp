// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace kvloupe {

/// Tensor names, and the shards that an index says they are in.
using WeightMap = std::map<std::string, std::string, std::less<>>;

/// Reads the text of a model.safetensors.index.json; `file` is the name that messages carry. Throws
/// Error(Malformed) where it is no object with a weight_map of tensor: shard, or where a shard's
/// name leads out of the folder.
[[nodiscard]] WeightMap parseWeightIndex(std::string_view json, const std::string& file);

}  // namespace kvloupe
