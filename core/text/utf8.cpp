// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace kvloupe {
namespace {

struct Sequence {
  std::size_t length;  // of the well-formed sequence, or of the maximal ill-formed part
  bool wellFormed;
};

Sequence sequenceAt(std::string_view text, std::size_t offset) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[offset + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {1, true};
  std::size_t length = 0;
  unsigned char low = 0x80, high = 0xBF;  // of the second byte
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return {1, false};
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (offset + i >= text.size() || byte(i) < low || byte(i) > high) return {i, false};
    low = 0x80;
    high = 0xBF;
  }
  return {length, true};
}

bool nextEightAreAscii(std::string_view text, std::size_t offset) {
  if (text.size() - offset < 8) return false;
  std::uint64_t block = 0;
  std::memcpy(&block, text.data() + offset, sizeof block);
  return (block & 0x8080808080808080U) == 0;
}

}  // namespace

std::optional<std::size_t> findInvalidUtf8(std::string_view text) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    if (nextEightAreAscii(text, offset)) {
      offset += 8;
      continue;
    }
    const Sequence sequence = sequenceAt(text, offset);
    if (!sequence.wellFormed) return offset;
    offset += sequence.length;
  }
  return std::nullopt;
}

std::string replaceInvalidUtf8(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  std::size_t offset = 0;
  while (offset < text.size()) {
    const Sequence sequence = sequenceAt(text, offset);
    if (sequence.wellFormed) {
      clean.append(text.substr(offset, sequence.length));
    } else {
      clean += "\xEF\xBF\xBD";
    }
    offset += sequence.length;
  }
  return clean;
}

void appendUtf8(std::string& text, char32_t point) {
  const auto push = [&](char32_t byte) { text += static_cast<char>(byte); };
  if (point < 0x80) {
    push(point);
  } else if (point < 0x800) {
    push(0xC0 | point >> 6);
    push(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    push(0xE0 | point >> 12);
    push(0x80 | (point >> 6 & 0x3F));
    push(0x80 | (point & 0x3F));
  } else {
    push(0xF0 | point >> 18);
    push(0x80 | (point >> 12 & 0x3F));
    push(0x80 | (point >> 6 & 0x3F));
    push(0x80 | (point & 0x3F));
  }
}

}  // namespace kvloupe
