// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/weight_index.hpp"

#include "io/json.hpp"
#include "io/model_folder.hpp"

namespace kvloupe {

WeightMap parseWeightIndex(std::string_view json, const std::string& file) {
  const JsonDocument document = JsonDocument::parse(json, file);
  const JsonValue map = document.root().asObject().requireObject("weight_map");
  if (map.size() == 0) map.refuse("the index names no tensors", "an object of tensor: shard");
  WeightMap shards;
  for (const JsonValue entry : map) {
    const std::string_view shard = entry.asString();
    if (!staysInFolder(shard))
      entry.refuse("the shard's name leads out of the model's folder",
                   "a file name within the folder");
    shards.emplace(std::string(entry.key()), std::string(shard));
  }
  return shards;
}

}  // namespace kvloupe
