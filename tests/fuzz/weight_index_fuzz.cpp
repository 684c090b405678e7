// SPDX-License-Identifier: GPL-3.0-or-later
// A model.safetensors.index.json: no shard's name leads out, and beside two real shards it opens a
// folder whose tensors are where it says, or none.
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "fuzz/refusal.hpp"
#include "io/model_folder.hpp"
#include "io/weight_index.hpp"
#include "io/weight_source.hpp"

namespace {

using namespace kvloupe;
namespace fs = std::filesystem;

constexpr std::array<std::string_view, 2> kShards{"a.safetensors", "b.safetensors"};

void write(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// A folder of two shards, tensors "a" and "b", that lives as long as the program.
class Folder {
 public:
  Folder() {
    std::string path = (fs::temp_directory_path() / "kvloupe-fuzz-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) fuzz::fail("no temporary folder");
    path_ = path;
    for (const std::string_view shard : kShards) {
      const std::string header = "{\"" + std::string(shard.substr(0, 1)) +
                                 R"(":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";
      std::string length(8, '\0');
      length[0] = static_cast<char>(header.size());
      write(path_ / shard, length + header + 'x');
    }
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void readAll(std::string_view json) {
  const WeightMap map = parseWeightIndex(json, "f");
  fuzz::check(!map.empty(), "an index names tensors");
  for (const auto& [tensor, shard] : map)
    fuzz::check(staysInFolder(shard), "a shard is in the folder");

  static const Folder folder;
  write(folder.path() / "model.safetensors.index.json", json);
  const auto weights = openWeights(folder.path());
  for (const auto& [tensor, shard] : map)
    fuzz::check(weights->pathOf(weights->at(tensor)) == (folder.path() / shard).string(),
                "tensors are where the index says");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::mayRefuse([&] { readAll({reinterpret_cast<const char*>(data), size}); });
  return 0;
}
