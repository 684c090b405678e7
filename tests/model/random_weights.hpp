// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "io/weight_source.hpp"
#include "model/config/expected_tensors.hpp"

namespace kvloupe {

/// A checkpoint that stands nowhere: every weight is a function of its place. Norms lie around 1,
/// projections keep the size of what they project.
class RandomWeights : public WeightSource {
 public:
  explicit RandomWeights(const ModelConfig& config) {
    for (ExpectedTensor& tensor : expectedTensors(config)) {
      TensorEntry entry;
      entry.name = std::move(tensor.name);
      entry.shape = std::move(tensor.shape);
      std::int64_t elements = 1;
      for (const std::int64_t size : entry.shape) elements *= size;
      entry.begin = end_;
      entry.end = end_ += elements * 4;
      entries_.push_back(std::move(entry));
    }
    std::ranges::sort(entries_, {}, &TensorEntry::name);
  }

  [[nodiscard]] std::span<const TensorEntry> tensors() const override { return entries_; }
  [[nodiscard]] std::span<const File> files() const override { return files_; }
  std::vector<TensorEntry>& entries() { return entries_; }

  void readBytes(const TensorEntry& entry, std::int64_t offset,
                 std::span<std::byte> out) const override {
    const bool norm = entry.name.find("norm") != std::string::npos;
    const bool vector = entry.shape.size() == 1;
    const bool embedding = entry.name.find("embed_tokens") != std::string::npos;
    const float scale =
        norm || vector ? 0.3f
                       : (embedding ? 1.0f : 1.7f / std::sqrt(static_cast<float>(entry.shape[1])));
    for (std::size_t i = 0; i + 4 <= out.size(); i += 4) {
      const float value =
          (norm ? 1.0f : 0.0f) + scale * uniform(static_cast<std::uint64_t>(
                                             entry.begin + offset + static_cast<std::int64_t>(i)));
      std::memcpy(out.data() + i, &value, 4);
    }
  }

 private:
  static float uniform(std::uint64_t place) {  // in (-1, 1), by splitmix64
    std::uint64_t z = place * 0x9E3779B97F4A7C15u + 0x632BE59BD9B4E019u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return static_cast<float>(static_cast<std::int64_t>(z ^ (z >> 31))) * 0x1p-63f;
  }

  std::vector<TensorEntry> entries_;
  std::vector<File> files_{{.name = "random", .bytes = 0, .path = "random"}};
  std::int64_t end_ = 0;
};

}  // namespace kvloupe
