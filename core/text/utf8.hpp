// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace kvloupe {

/// Offset of the first byte that is not part of a well-formed UTF-8 sequence (Unicode 3.9, table
/// 3-7: no overlong forms, no surrogates, nothing above U+10FFFF), or nothing if all is well.
std::optional<std::size_t> findInvalidUtf8(std::string_view text);

/// The text with every maximal ill-formed part replaced by one U+FFFD, as Python's
/// `errors="replace"` and Rust's `from_utf8_lossy` do.
std::string replaceInvalidUtf8(std::string_view text);

/// Bytes in the sequence that begins with `lead`; only for well-formed text.
inline std::size_t utf8Length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xE0) return 2;
  return lead < 0xF0 ? 3 : 4;
}

/// The code point at `offset` of well-formed text; moves `offset` behind it.
inline char32_t nextCodePoint(std::string_view text, std::size_t& offset) {
  const auto byte = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[offset + i]));
  };
  const char32_t lead = byte(0);
  const std::size_t length = utf8Length(static_cast<unsigned char>(lead));
  char32_t point = lead;
  if (length == 2) {
    point = (lead & 0x1F) << 6 | (byte(1) & 0x3F);
  } else if (length == 3) {
    point = (lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  } else if (length == 4) {
    point = (lead & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
  }
  offset += length;
  return point;
}

/// The last code point of well-formed, non-empty text.
inline char32_t lastCodePoint(std::string_view text) {
  std::size_t offset = text.size() - 1;
  while ((static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80) --offset;
  return nextCodePoint(text, offset);
}

void appendUtf8(std::string& text, char32_t point);

}  // namespace kvloupe
