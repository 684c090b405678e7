// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>

#include "io/weight_source.hpp"
#include "model/config/model_config.hpp"
#include "model/random_weights.hpp"

namespace kvloupe {

/// A folder that is there as long as this is.
class TemporaryFolder {
 public:
  /// Within `parent`; empty: where the system keeps temporary files.
  explicit TemporaryFolder(const std::filesystem::path& parent);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// config.json of the shape of Qwen2.5-0.5B.
[[nodiscard]] std::string qwen25Config(int layers = 24);
/// config.json of the shape of DeepSeek-V2-Lite.
[[nodiscard]] std::string deepseekV2LiteConfig();

/// Writes config.json and model.safetensors in BF16, its header alone: the weights are a hole.
/// Throws std::runtime_error.
void writeSparseCheckpoint(const std::filesystem::path& folder, const std::string& configText);
/// The same with all weights, those of RandomWeights. Returns the bytes of the weight file.
std::int64_t writeCheckpoint(const std::filesystem::path& folder, const std::string& configText);

/// The weights of a sparse checkpoint: what is read is written first, and all else stays a hole.
class Materialised final : public WeightSource {
 public:
  Materialised(const std::filesystem::path& folder, const ModelConfig& config);
  ~Materialised() override;
  [[nodiscard]] std::span<const TensorEntry> tensors() const override { return file_->tensors(); }
  [[nodiscard]] std::span<const File> files() const override { return file_->files(); }
  void readBytes(const TensorEntry& entry, std::int64_t offset,
                 std::span<std::byte> out) const override;
  /// Names of what was read.
  [[nodiscard]] std::set<std::string> read() const;

 private:
  RandomWeights random_;
  std::unique_ptr<WeightSource> file_;
  int descriptor_;
  mutable std::mutex mutex_;
  mutable std::set<std::string> read_;
};

}  // namespace kvloupe
