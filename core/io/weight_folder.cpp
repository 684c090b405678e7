// SPDX-License-Identifier: GPL-3.0-or-later
// The weight source of a model folder: one safetensors file, or shards and their index.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "common/error.hpp"
#include "io/model_folder.hpp"
#include "io/weight_index.hpp"
#include "io/weight_source.hpp"

namespace kvloupe {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSingleFile = "model.safetensors";
constexpr std::string_view kIndexFile = "model.safetensors.index.json";
constexpr std::int64_t kMaxIndexBytes = 32 << 20;

class FolderWeights final : public WeightSource {
 public:
  FolderWeights(const ModelFolder& folder, const std::vector<std::string>& names) {
    for (const std::string& name : names) add(folder.open(name), name);
    std::sort(entries_.begin(), entries_.end(), [](const TensorEntry& a, const TensorEntry& b) {
      return std::tie(a.name, a.file) < std::tie(b.name, b.file);
    });
    const auto twice = std::adjacent_find(
        entries_.begin(), entries_.end(),
        [](const TensorEntry& a, const TensorEntry& b) { return a.name == b.name; });
    if (twice != entries_.end())
      throw Error(ErrorCode::Mismatch,
                  {.message = "the same tensor in two shards",
                   .file = folder.path().string(),
                   .place = twice->name,
                   .expected = "every tensor in one shard",
                   .found = fmt::format("it in {} and in {}", nameOf(twice[0]), nameOf(twice[1])),
                   .advice = {}});
  }

  [[nodiscard]] std::span<const TensorEntry> tensors() const override { return entries_; }
  [[nodiscard]] std::span<const File> files() const override { return files_; }

  void readBytes(const TensorEntry& entry, std::int64_t offset,
                 std::span<std::byte> out) const override {
    open_[static_cast<std::size_t>(entry.file)].read(entry.begin + offset, out);
  }

  [[nodiscard]] const std::string& nameOf(const TensorEntry& entry) const {
    return files_[static_cast<std::size_t>(entry.file)].name;
  }

 private:
  void add(ReadableFile file, const std::string& name) {
    std::array<std::byte, 8> length{};
    const auto start =
        std::span(length).first(static_cast<std::size_t>(std::min<std::int64_t>(8, file.bytes())));
    file.read(0, start);
    std::string header(
        static_cast<std::size_t>(safetensorsHeaderBytes(start, file.bytes(), file.name())), '\0');
    file.read(8, std::as_writable_bytes(std::span(header)));
    for (TensorEntry& entry : parseSafetensorsHeader(header, file.bytes(), file.name())) {
      entry.file = static_cast<int>(files_.size());
      entries_.push_back(std::move(entry));
    }
    files_.push_back({name, file.bytes(), file.name()});
    open_.push_back(std::move(file));
  }

  std::vector<TensorEntry> entries_;
  std::vector<File> files_;
  std::vector<ReadableFile> open_;
};

WeightMap readIndex(const ModelFolder& folder) {
  return parseWeightIndex(folder.readText(kIndexFile, kMaxIndexBytes),
                          (folder.path() / kIndexFile).string());
}

void checkIndex(const WeightMap& index, const FolderWeights& weights, const ModelFolder& folder) {
  for (const auto& [tensor, shard] : index) {
    const TensorEntry* entry = weights.find(tensor);
    if (entry != nullptr && weights.nameOf(*entry) == shard) continue;
    throw Error(ErrorCode::Mismatch,
                {.message = "the index names a tensor that its shard does not hold",
                 .file = (folder.path() / kIndexFile).string(),
                 .place = tensor,
                 .expected = "it in " + shard,
                 .found = entry == nullptr ? "it in no shard" : "it in " + weights.nameOf(*entry),
                 .advice = {}});
  }
}

[[noreturn]] void refuseWithoutWeights(const ModelFolder& folder) {
  std::string pickle;
  std::error_code failure;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.path(), failure)) {
    const std::string extension = entry.path().extension().string();
    const bool isPickle = extension == ".bin" || extension == ".pt" || extension == ".pth" ||
                          extension == ".ckpt" || extension == ".pkl";
    const std::string name = entry.path().filename().string();
    if (isPickle && (pickle.empty() || name < pickle)) pickle = name;
  }
  if (!pickle.empty())
    throw Error(ErrorCode::Unsupported,
                {.message = "pickle files can run code when they are read and are never opened",
                 .file = folder.path().string(),
                 .place = pickle,
                 .expected = "model.safetensors, or its index and shards",
                 .found = "weights as pickle files alone",
                 .advice = "Convert the model to safetensors"});
  throw Error(ErrorCode::NotFound, {.message = "no weights in the model's folder",
                                    .file = folder.path().string(),
                                    .place = {},
                                    .expected = "model.safetensors, or its index and shards",
                                    .found = "neither",
                                    .advice = {}});
}

}  // namespace

std::unique_ptr<WeightSource> openWeights(const fs::path& path) {
  const ModelFolder folder(path);
  if (folder.has(kSingleFile))
    return std::make_unique<FolderWeights>(folder, std::vector{std::string(kSingleFile)});
  if (!folder.has(kIndexFile)) refuseWithoutWeights(folder);

  const WeightMap index = readIndex(folder);
  std::vector<std::string> shards;
  for (const auto& [tensor, shard] : index) shards.push_back(shard);
  std::sort(shards.begin(), shards.end());
  shards.erase(std::unique(shards.begin(), shards.end()), shards.end());
  auto weights = std::make_unique<FolderWeights>(folder, shards);
  checkIndex(index, *weights, folder);
  return weights;
}

}  // namespace kvloupe
