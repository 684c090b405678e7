// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kvloupe {

/// The types of the safetensors format. Weights that are computed with are F32, F16 or BF16.
enum class Dtype : std::uint8_t {
  Bool,
  U8,
  I8,
  F8E5M2,
  F8E4M3,
  F8E8M0,
  I16,
  U16,
  F16,
  BF16,
  I32,
  U32,
  F32,
  C64,
  F64,
  I64,
  U64,
};

[[nodiscard]] std::string_view dtypeName(Dtype dtype);  // "BF16"
[[nodiscard]] int dtypeBytes(Dtype dtype);

/// One tensor of a safetensors file. Offsets count from the start of the file.
struct TensorEntry {
  std::string name;
  Dtype dtype = Dtype::F32;
  std::vector<std::int64_t> shape;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  int file = 0;  // index into the source's files

  [[nodiscard]] std::int64_t bytes() const { return end - begin; }
  [[nodiscard]] std::int64_t elements() const { return bytes() / dtypeBytes(dtype); }
};

inline constexpr std::int64_t kMaxSafetensorsHeader = 100'000'000;
inline constexpr std::int64_t kMaxSafetensorsTensors = 100'000;

/// Length of the header, from the first 8 bytes (or fewer) of a file of `fileBytes` bytes. Throws
/// Error(Malformed) where the file is shorter, or the length 0, over 100,000,000, or past its end.
[[nodiscard]] std::int64_t safetensorsHeaderBytes(std::span<const std::byte> start,
                                                  std::int64_t fileBytes, const std::string& file);

/// Reads and checks a header: every tensor's type, shape and place, no overlap, no hole, no byte
/// left over. Entries come in the order of their bytes. Throws Error(Malformed) that names the
/// file, the tensor, what was found and expected.
/// Format: https://github.com/huggingface/safetensors#format
[[nodiscard]] std::vector<TensorEntry> parseSafetensorsHeader(std::string_view header,
                                                              std::int64_t fileBytes,
                                                              const std::string& file);

}  // namespace kvloupe
