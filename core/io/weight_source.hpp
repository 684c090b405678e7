// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "common/progress.hpp"
#include "io/safetensors.hpp"

namespace kvloupe {

/// The weights of a model, by name. Reading is const and safe from several threads at once.
class WeightSource {
 public:
  struct File {
    std::string name;  // relative to the model folder
    std::int64_t bytes = 0;
    std::string path{};  // the whole of it, which messages carry
  };

  virtual ~WeightSource() = default;

  /// Every tensor, sorted by name.
  [[nodiscard]] virtual std::span<const TensorEntry> tensors() const = 0;
  /// The files they come from; TensorEntry::file counts in these.
  [[nodiscard]] virtual std::span<const File> files() const = 0;

  /// Reads out.size() bytes of a tensor from its byte `offset` on, as stored (little-endian).
  /// Throws Error(Io), never a signal, where the file has become shorter or cannot be read.
  virtual void readBytes(const TensorEntry& entry, std::int64_t offset,
                         std::span<std::byte> out) const = 0;

  /// Path of the file that a tensor is in.
  [[nodiscard]] const std::string& pathOf(const TensorEntry& entry) const;

  [[nodiscard]] const TensorEntry* find(std::string_view name) const;
  /// The same, where absence is an Error(NotFound).
  [[nodiscard]] const TensorEntry& at(std::string_view name) const;

  /// A whole tensor as stored; out.size() == entry.bytes().
  void read(const TensorEntry& entry, std::span<std::byte> out) const;
  /// A whole tensor widened to float32 (exact for F32, F16 and BF16; other types are an
  /// Error(Unsupported)); out.size() == entry.elements().
  void readFloat32(const TensorEntry& entry, std::span<float> out) const;
  /// Rows rowBegin .. rowBegin + rowCount - 1 of the first dimension, widened to float32;
  /// out.size() == rowCount * elements of a row.
  void readRowsFloat32(const TensorEntry& entry, std::int64_t rowBegin, std::int64_t rowCount,
                       std::span<float> out) const;

  [[nodiscard]] std::int64_t tensorCount() const;
  [[nodiscard]] std::int64_t totalBytes() const;  // of the tensors, without headers
};

/// Opens the weights of a model folder: model.safetensors, or the shards that
/// model.safetensors.index.json names. Reads headers only. Throws Error: NotFound, Malformed,
/// Mismatch (index and shards disagree), Unsupported (only pickle files are there), Io.
[[nodiscard]] std::unique_ptr<WeightSource> openWeights(const std::filesystem::path& folder);

/// SHA-256 of one weight file of a folder, in hexadecimal. `progress` counts bytes of this file.
/// Throws Cancelled where `stop` was requested, Error(NotFound, Io).
[[nodiscard]] std::string weightFileSha256(const std::filesystem::path& folder,
                                           const std::string& name, std::stop_token stop,
                                           const ProgressFn& progress);

/// Widen 16-bit floats to float32, exactly (NaN payloads kept); out.size() == in.size().
void widenBfloat16(std::span<const std::uint16_t> in, std::span<float> out);
void widenFloat16(std::span<const std::uint16_t> in, std::span<float> out);

}  // namespace kvloupe
