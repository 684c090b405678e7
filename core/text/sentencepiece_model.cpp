// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/sentencepiece_model.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "common/error.hpp"

namespace kvloupe {
namespace {

constexpr std::string_view kMetaspace = "\xE2\x96\x81";

[[noreturn]] void refuse(const std::string& file, std::string place, std::string found,
                         std::string expected) {
  throw Error(ErrorCode::Malformed, {.message = "not a SentencePiece model",
                                     .file = file,
                                     .place = std::move(place),
                                     .expected = std::move(expected),
                                     .found = std::move(found),
                                     .advice = {}});
}

struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;  // of a varint or a fixed number
  std::string_view bytes;   // of a length-delimited field
};

/// The fields of a protocol buffer message, one after the other.
class Message {
 public:
  Message(std::string_view bytes, const std::string& file) : bytes_(bytes), file_(file) {}

  std::optional<Field> next() {
    if (at_ == bytes_.size()) return std::nullopt;
    const std::uint64_t tag = varint();
    Field field;
    field.number = tag >> 3;
    switch (tag & 7) {
      case 0:
        field.value = varint();
        break;
      case 1:
        field.value = fixed(8);
        break;
      case 2: {
        const std::uint64_t size = varint();
        if (size > bytes_.size() - at_) cut();
        field.bytes = bytes_.substr(at_, size);
        at_ += size;
        break;
      }
      case 5:
        field.value = fixed(4);
        break;
      default:
        refuse(file_, fmt::format("byte {} of a message", at_),
               fmt::format("wire type {}", tag & 7), "wire type 0, 1, 2 or 5");
    }
    return field;
  }

 private:
  [[noreturn]] void cut() const {
    refuse(file_, fmt::format("byte {} of a message", at_), "its end", "the rest of a field");
  }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ == bytes_.size()) cut();
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    cut();
  }

  std::uint64_t fixed(std::size_t size) {
    if (size > bytes_.size() - at_) cut();
    std::uint64_t value = 0;
    std::memcpy(&value, bytes_.data() + at_, size);
    at_ += size;
    return value;
  }

  std::string_view bytes_;
  const std::string& file_;
  std::size_t at_ = 0;
};

/// The character map: the size of a Darts double array, the array, and zero-terminated texts that
/// its leaves point into.
void checkCharacterMap(std::string_view map, const std::string& file) {
  const auto bad = [&](std::string found) {
    refuse(file, "normalizer_spec.precompiled_charsmap", std::move(found), "a whole character map");
  };
  std::uint32_t size = 0;
  if (map.size() < sizeof size) bad(fmt::format("{} bytes", map.size()));
  std::memcpy(&size, map.data(), sizeof size);
  if (size == 0 || size % 4 != 0 || size >= map.size() - sizeof size) {
    bad(fmt::format("a trie of {} bytes in {}", size, map.size()));
  }
  const std::string_view trie = map.substr(sizeof size, size);
  const std::string_view texts = map.substr(sizeof size + size);
  if (texts.back() != '\0') bad("a text without its end");
  const std::size_t units = trie.size() / 4;
  const auto unitAt = [&](std::size_t index) {
    std::uint32_t unit = 0;
    std::memcpy(&unit, trie.data() + index * 4, sizeof unit);
    return unit;
  };
  for (std::size_t i = 0; i < units; ++i) {
    const std::uint32_t unit = unitAt(i);
    if (unit >> 31 != 0) continue;  // a leaf, which is never followed
    const std::size_t offset = static_cast<std::size_t>(unit >> 10) << ((unit & 0x200U) >> 6);
    const std::size_t child = i ^ offset;
    if ((child | 0xFF) >= units) bad(fmt::format("unit {} pointing behind the trie", i));
    const bool hasLeaf = (unit >> 8 & 1) != 0;
    if (hasLeaf && (unitAt(child) & 0x7FFFFFFFU) >= texts.size()) {
      bad(fmt::format("unit {} pointing behind the texts", child));
    }
  }
}

/// Whether a space stands in a token behind something else than spaces.
bool holdsInnerSpace(std::string_view piece) {
  while (piece.starts_with(kMetaspace)) piece.remove_prefix(kMetaspace.size());
  return piece.find(kMetaspace) != std::string_view::npos ||
         piece.find(' ') != std::string_view::npos;
}

}  // namespace

SentencePieceModel readSentencePieceFacts(std::string_view bytes, const std::string& file) {
  SentencePieceModel model;
  bool bpe = false, plainSpaces = true, hasCharacterMap = false;
  bool innerSpace = false, hasMetaspace = false;
  std::size_t pieces = 0;
  Message message(bytes, file);
  while (const auto field = message.next()) {
    Message inner(field->bytes, file);
    if (field->number == 1) {  // pieces
      ++pieces;
      while (const auto part = inner.next()) {
        if (part->number != 1) continue;
        innerSpace = innerSpace || holdsInnerSpace(part->bytes);
        hasMetaspace = hasMetaspace || part->bytes == kMetaspace;
      }
    } else if (field->number == 2) {  // trainer_spec
      while (const auto part = inner.next()) {
        if (part->number == 3) bpe = part->value == 2;                          // model_type
        if (part->number == 24) plainSpaces = plainSpaces && part->value == 0;  // as suffix
      }
    } else if (field->number == 3) {  // normalizer_spec
      while (const auto part = inner.next()) {
        if (part->number == 2 && !part->bytes.empty()) {
          checkCharacterMap(part->bytes, file);
          hasCharacterMap = true;
        }
        if (part->number == 3) model.addDummyPrefix = part->value != 0;
        if (part->number == 5) plainSpaces = plainSpaces && part->value != 0;  // escaped
      }
    } else if (field->number == 5) {  // denormalizer_spec
      while (const auto part = inner.next()) {
        if (part->number == 2 && !part->bytes.empty()) checkCharacterMap(part->bytes, file);
      }
    }
  }
  if (pieces == 0) refuse(file, "pieces", "none", "tokens");
  model.cuttable = bpe && plainSpaces && !hasCharacterMap && !innerSpace && hasMetaspace;
  return model;
}

}  // namespace kvloupe
