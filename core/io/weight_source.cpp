// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/weight_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "common/error.hpp"
#include "common/hashing.hpp"
#include "io/model_folder.hpp"

namespace kvloupe {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

/// Small enough to stay in the second-level cache between reading and widening.
constexpr std::size_t kWidenChunk = 64 * 1024;

void checkSize(const TensorEntry& entry, std::int64_t want, std::size_t have) {
  if (want != static_cast<std::int64_t>(have))
    throw Error(ErrorCode::Internal, {.message = "a buffer of the wrong size",
                                      .file = {},
                                      .place = entry.name,
                                      .expected = fmt::format("{} elements", want),
                                      .found = fmt::format("{}", have),
                                      .advice = {}});
}

}  // namespace

const std::string& WeightSource::pathOf(const TensorEntry& entry) const {
  return files()[static_cast<std::size_t>(entry.file)].path;
}

const TensorEntry* WeightSource::find(std::string_view name) const {
  const std::span<const TensorEntry> all = tensors();
  const auto at = std::lower_bound(
      all.begin(), all.end(), name,
      [](const TensorEntry& entry, std::string_view wanted) { return entry.name < wanted; });
  return at != all.end() && at->name == name ? &*at : nullptr;
}

const TensorEntry& WeightSource::at(std::string_view name) const {
  if (const TensorEntry* entry = find(name)) return *entry;
  throw Error(ErrorCode::NotFound, {.message = "no such tensor",
                                    .file = files().empty() ? "" : files().front().path,
                                    .place = std::string(name),
                                    .expected = "this tensor",
                                    .found = fmt::format("{} others", tensors().size()),
                                    .advice = {}});
}

void WeightSource::read(const TensorEntry& entry, std::span<std::byte> out) const {
  checkSize(entry, entry.bytes(), out.size());
  readBytes(entry, 0, out);
}

void WeightSource::readFloat32(const TensorEntry& entry, std::span<float> out) const {
  const std::int64_t rows = entry.shape.empty() ? 1 : entry.shape.front();
  readRowsFloat32(entry, 0, rows, out);
}

void WeightSource::readRowsFloat32(const TensorEntry& entry, std::int64_t rowBegin,
                                   std::int64_t rowCount, std::span<float> out) const {
  const std::int64_t rows = entry.shape.empty() ? 1 : entry.shape.front();
  const std::int64_t rowElements = rows == 0 ? 0 : entry.elements() / rows;
  if (rowBegin < 0 || rowCount < 0 || rowBegin > rows - rowCount)
    throw Error(ErrorCode::Internal,
                {.message = "rows that the tensor does not have",
                 .file = {},
                 .place = entry.name,
                 .expected = fmt::format("rows within 0..{}", rows),
                 .found = fmt::format("{} rows from row {}", rowCount, rowBegin),
                 .advice = {}});
  checkSize(entry, rowCount * rowElements, out.size());
  std::int64_t offset = rowBegin * rowElements * dtypeBytes(entry.dtype);

  if (entry.dtype == Dtype::F32) {
    readBytes(entry, offset, std::as_writable_bytes(out));
    return;
  }
  if (entry.dtype != Dtype::F16 && entry.dtype != Dtype::BF16)
    throw Error(ErrorCode::Unsupported, {.message = "weights of this type cannot be computed with",
                                         .file = pathOf(entry),
                                         .place = entry.name,
                                         .expected = "F32, F16 or BF16",
                                         .found = std::string(dtypeName(entry.dtype)),
                                         .advice = {}});
  std::vector<std::uint16_t> chunk(std::min(kWidenChunk, out.size()));
  while (!out.empty()) {
    const std::span<std::uint16_t> part =
        std::span(chunk).first(std::min(chunk.size(), out.size()));
    readBytes(entry, offset, std::as_writable_bytes(part));
    if (entry.dtype == Dtype::F16)
      widenFloat16(part, out.first(part.size()));
    else
      widenBfloat16(part, out.first(part.size()));
    out = out.subspan(part.size());
    offset += static_cast<std::int64_t>(part.size_bytes());
  }
}

std::int64_t WeightSource::tensorCount() const {
  return static_cast<std::int64_t>(tensors().size());
}

std::int64_t WeightSource::totalBytes() const {
  const std::span<const TensorEntry> all = tensors();
  return std::transform_reduce(all.begin(), all.end(), std::int64_t{0}, std::plus<>(),
                               std::mem_fn(&TensorEntry::bytes));
}

std::string weightFileSha256(const std::filesystem::path& folder, const std::string& name,
                             std::stop_token stop, const ProgressFn& progress) {
  constexpr std::int64_t kBlock = 1 << 20;
  const ReadableFile file = ModelFolder(folder).open(name);
  std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(kBlock, file.bytes())));
  Sha256 hash;
  for (std::int64_t at = 0; at < file.bytes(); at += kBlock) {
    throwIfStopped(stop);
    const auto part =
        std::span(buffer).first(static_cast<std::size_t>(std::min(kBlock, file.bytes() - at)));
    file.read(at, part);
    hash.update(part);
    if (progress)
      progress({.stage = "Hashing " + name,
                .done = at + static_cast<std::int64_t>(part.size()),
                .total = file.bytes(),
                .unit = "bytes"});
  }
  return hash.hex();
}

}  // namespace kvloupe
