// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/byte_level.hpp"

#include <array>
#include <cstdint>

#include "text/utf8.hpp"

namespace kvloupe {
namespace {

struct Alphabet {
  std::array<std::string, 256> characters;
  std::array<std::int16_t, 0x144> bytes{};  // by code point; -1: not in the alphabet

  Alphabet() {
    bytes.fill(-1);
    char32_t next = 0x100;
    for (unsigned byte = 0; byte < 256; ++byte) {
      const bool visible = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
      const char32_t point = visible ? byte : next++;
      appendUtf8(characters[byte], point);
      bytes[point] = static_cast<std::int16_t>(byte);
    }
  }
};

const Alphabet& alphabet() {
  static const Alphabet instance;
  return instance;
}

}  // namespace

std::string bytesToCharacters(std::string_view bytes) {
  const Alphabet& a = alphabet();
  std::string result;
  result.reserve(bytes.size() + bytes.size() / 4);
  for (const char byte : bytes) result += a.characters[static_cast<unsigned char>(byte)];
  return result;
}

std::optional<std::string> charactersToBytes(std::string_view utf8) {
  const Alphabet& a = alphabet();
  std::string bytes;
  for (std::size_t at = 0; at < utf8.size();) {
    const char32_t point = nextCodePoint(utf8, at);
    if (point >= a.bytes.size() || a.bytes[point] < 0) return std::nullopt;
    bytes += static_cast<char>(a.bytes[point]);
  }
  return bytes;
}

}  // namespace kvloupe
