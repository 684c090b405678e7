// SPDX-License-Identifier: GPL-3.0-or-later
// A safetensors file: its header is read or refused, and what is read covers the file.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "fuzz/refusal.hpp"
#include "io/weight_source.hpp"

namespace {

using namespace kvloupe;

/// A file in memory; every byte is read by way of its offsets.
class MemoryWeights final : public WeightSource {
 public:
  MemoryWeights(std::span<const std::byte> file, std::vector<TensorEntry> entries)
      : file_(file), entries_(std::move(entries)) {
    std::sort(entries_.begin(), entries_.end(),
              [](const TensorEntry& a, const TensorEntry& b) { return a.name < b.name; });
  }
  [[nodiscard]] std::span<const TensorEntry> tensors() const override { return entries_; }
  [[nodiscard]] std::span<const File> files() const override { return files_; }
  void readBytes(const TensorEntry& entry, std::int64_t offset,
                 std::span<std::byte> out) const override {
    fuzz::check(offset >= 0 && offset + std::int64_t(out.size()) <= entry.bytes(),
                "a tensor is read within its bytes");
    if (!out.empty()) std::memcpy(out.data(), file_.data() + entry.begin + offset, out.size());
  }

 private:
  std::span<const std::byte> file_;
  std::vector<TensorEntry> entries_;
  std::vector<File> files_{{.name = "f", .bytes = std::int64_t(file_.size()), .path = "f"}};
};

void readAll(std::span<const std::byte> file) {
  const auto size = static_cast<std::int64_t>(file.size());
  const std::int64_t header =
      safetensorsHeaderBytes(file.first(std::min(file.size(), std::size_t{8})), size, "f");
  fuzz::check(header > 0 && header <= size - 8, "the header is within the file");
  const std::string_view text(reinterpret_cast<const char*>(file.data()) + 8,
                              static_cast<std::size_t>(header));
  std::vector<TensorEntry> entries = parseSafetensorsHeader(text, size, "f");
  std::int64_t reached = 8 + header;
  for (const TensorEntry& entry : entries) {
    fuzz::check(entry.begin == reached && entry.end >= entry.begin, "tensors follow one another");
    std::int64_t elements = 1;
    for (const std::int64_t dimension : entry.shape) elements *= dimension;
    fuzz::check(elements * dtypeBytes(entry.dtype) == entry.bytes(), "the shape fills the bytes");
    reached = entry.end;
  }
  fuzz::check(reached == size, "tensors end where the file does");

  const MemoryWeights weights(file, std::move(entries));
  for (const TensorEntry& entry : weights.tensors())
    fuzz::mayRefuse([&] {
      std::vector<float> values(static_cast<std::size_t>(entry.elements()));
      weights.readFloat32(entry, values);
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::mayRefuse([&] { readAll(std::as_bytes(std::span(data, size))); });
  return 0;
}
