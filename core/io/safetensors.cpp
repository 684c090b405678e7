// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/safetensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>
#include <utility>

#include "common/error.hpp"
#include "io/json.hpp"

namespace kvloupe {
namespace {

struct DtypeFacts {
  std::string_view name;
  int bytes;
};

/// In the order of Dtype.
constexpr std::array<DtypeFacts, 17> kDtypes{{{"BOOL", 1},
                                              {"U8", 1},
                                              {"I8", 1},
                                              {"F8_E5M2", 1},
                                              {"F8_E4M3", 1},
                                              {"F8_E8M0", 1},
                                              {"I16", 2},
                                              {"U16", 2},
                                              {"F16", 2},
                                              {"BF16", 2},
                                              {"I32", 4},
                                              {"U32", 4},
                                              {"F32", 4},
                                              {"C64", 8},
                                              {"F64", 8},
                                              {"I64", 8},
                                              {"U64", 8}}};

std::string knownDtypes() {
  std::string names;
  for (const DtypeFacts& facts : kDtypes)
    names += (names.empty() ? "" : ", ") + std::string(facts.name);
  return names;
}

Dtype parseDtype(const JsonValue& value) {
  const std::string_view name = value.asString();
  for (std::size_t i = 0; i < kDtypes.size(); ++i)
    if (kDtypes[i].name == name) return static_cast<Dtype>(i);
  value.refuse("unknown dtype", "one of " + knownDtypes());
}

/// A tensor has 6 values and one a dimension.
constexpr std::size_t kMaxHeaderValues = 16 * std::size_t{kMaxSafetensorsTensors};

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

/// The tensor's size in bytes by its shape; refused where it does not fit 63 bits.
std::int64_t sizeOf(const std::vector<std::int64_t>& shape, Dtype dtype, const JsonValue& value) {
  std::int64_t size = 1;
  for (const std::int64_t dimension : shape)
    if (__builtin_mul_overflow(size, dimension, &size))
      value.refuse("the product of the shape is too large", "a tensor below 2^63 bytes");
  if (__builtin_mul_overflow(size, dtypeBytes(dtype), &size))
    value.refuse("the tensor is too large", "a tensor below 2^63 bytes");
  return size;
}

TensorEntry parseEntry(const JsonValue& value, std::int64_t dataBegin, const std::string& file) {
  TensorEntry entry;
  entry.name = value.key();
  entry.dtype = parseDtype(value.asObject().at("dtype"));
  const JsonValue shape = value.requireArray("shape");
  entry.shape.reserve(shape.size());
  for (const JsonValue dimension : shape) entry.shape.push_back(dimension.asInt(0, kMost));

  const JsonValue offsets = value.requireArray("data_offsets");
  if (offsets.size() != 2) offsets.refuse("wrong length", "two offsets");
  const std::int64_t begin = (*offsets.begin()).asInt(0, kMost - dataBegin);
  const std::int64_t end = (*++offsets.begin()).asInt(0, kMost - dataBegin);
  if (begin > end)
    throw Error(ErrorCode::Malformed, {.message = "the tensor ends before it begins",
                                       .file = file,
                                       .place = value.path() + ".data_offsets",
                                       .expected = "begin <= end",
                                       .found = fmt::format("[{}, {}]", begin, end),
                                       .advice = {}});
  const std::int64_t size = sizeOf(entry.shape, entry.dtype, shape);
  if (end - begin != size)
    throw Error(ErrorCode::Malformed,
                {.message = "the tensor's bytes do not match its shape and dtype",
                 .file = file,
                 .place = value.path(),
                 .expected = fmt::format("{} bytes for {} of shape [{}]", size,
                                         dtypeName(entry.dtype), fmt::join(entry.shape, ", ")),
                 .found = fmt::format("{} bytes", end - begin),
                 .advice = {}});
  entry.begin = dataBegin + begin;
  entry.end = dataBegin + end;
  return entry;
}

void checkMetadata(const JsonValue& metadata) {
  for (const JsonValue value : metadata.asObject()) static_cast<void>(value.asString());
}

/// Sorts by place; then every byte of the data must belong to exactly one tensor.
void checkCover(std::vector<TensorEntry>& entries, std::int64_t dataBegin, std::int64_t fileBytes,
                const std::string& file) {
  std::sort(entries.begin(), entries.end(), [](const TensorEntry& a, const TensorEntry& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  const auto refuse = [&](std::string message, std::string place, std::int64_t found,
                          std::int64_t expected, std::string_view what) {
    throw Error(ErrorCode::Malformed, {.message = std::move(message),
                                       .file = file,
                                       .place = std::move(place),
                                       .expected = fmt::format("{} {}", what, expected - dataBegin),
                                       .found = fmt::format("{} {}", what, found - dataBegin),
                                       .advice = {}});
  };
  std::int64_t reached = dataBegin;
  for (const TensorEntry& entry : entries) {
    if (entry.begin < reached)
      refuse("the tensor overlaps the one before it", entry.name, entry.begin, reached,
             "data offset");
    if (entry.begin > reached)
      refuse("a hole before the tensor", entry.name, entry.begin, reached, "data offset");
    reached = entry.end;
  }
  if (reached > fileBytes)
    refuse("the file is truncated", entries.back().name, fileBytes, reached, "a data size of");
  if (reached < fileBytes)
    refuse("bytes left over after the last tensor", fmt::format("byte {}", reached), fileBytes,
           reached, "a data size of");
}

}  // namespace

std::string_view dtypeName(Dtype dtype) { return kDtypes[static_cast<std::size_t>(dtype)].name; }

int dtypeBytes(Dtype dtype) { return kDtypes[static_cast<std::size_t>(dtype)].bytes; }

std::int64_t safetensorsHeaderBytes(std::span<const std::byte> start, std::int64_t fileBytes,
                                    const std::string& file) {
  if (start.size() < 8)
    throw Error(ErrorCode::Malformed, {.message = "too short for a safetensors file",
                                       .file = file,
                                       .place = "byte 0",
                                       .expected = "8 bytes of header length and a header",
                                       .found = fmt::format("{} bytes", fileBytes),
                                       .advice = {}});
  std::uint64_t length = 0;
  for (std::size_t i = 8; i-- > 0;)
    length = (length << 8) | std::to_integer<std::uint64_t>(start[i]);
  const auto refuse = [&](std::string message, std::string expected) {
    throw Error(ErrorCode::Malformed, {.message = std::move(message),
                                       .file = file,
                                       .place = "byte 0",
                                       .expected = std::move(expected),
                                       .found = fmt::format("a header of {} bytes", length),
                                       .advice = {}});
  };
  if (length == 0) refuse("the header is empty", "a header of 2 bytes or more");
  if (length > static_cast<std::uint64_t>(kMaxSafetensorsHeader))
    refuse("the header is too long", fmt::format("at most {} bytes", kMaxSafetensorsHeader));
  if (static_cast<std::int64_t>(length) > fileBytes - 8)
    refuse("the header ends past the end of the file",
           fmt::format("at most {} bytes in a file of {}", fileBytes - 8, fileBytes));
  return static_cast<std::int64_t>(length);
}

std::vector<TensorEntry> parseSafetensorsHeader(std::string_view header, std::int64_t fileBytes,
                                                const std::string& file) {
  const JsonDocument document =
      JsonDocument::parse(header, file, {.maxDepth = 8, .maxValues = kMaxHeaderValues});
  const JsonValue root = document.root();
  if (!root.isObject()) root.refuse("the header is not a JSON object", "an object of tensors");
  const auto dataBegin = static_cast<std::int64_t>(header.size()) + 8;
  std::vector<TensorEntry> entries;
  entries.reserve(root.size());
  for (const JsonValue member : root) {
    if (member.key() == "__metadata__") {
      checkMetadata(member);
      continue;
    }
    if (entries.size() == static_cast<std::size_t>(kMaxSafetensorsTensors))
      root.refuse("too many tensors", fmt::format("at most {}", kMaxSafetensorsTensors));
    entries.push_back(parseEntry(member, dataBegin, file));
  }
  checkCover(entries, dataBegin, fileBytes, file);
  return entries;
}

}  // namespace kvloupe
