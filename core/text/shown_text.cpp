// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/shown_text.hpp"

#include <fmt/format.h>

#include "text/utf8.hpp"

namespace kvloupe {

std::string metaspaceShown(std::string_view token) {
  constexpr std::string_view kMetaspace = "\xE2\x96\x81";
  std::string shown;
  for (std::size_t at = 0; at < token.size();) {
    if (token.substr(at, kMetaspace.size()) == kMetaspace) {
      shown += ' ';
      at += kMetaspace.size();
    } else {
      shown += token[at++];
    }
  }
  return shown;
}

std::string bytesShown(std::string_view bytes) {
  std::string shown;
  while (!bytes.empty()) {
    const std::size_t good = findInvalidUtf8(bytes).value_or(bytes.size());
    shown += bytes.substr(0, good);
    bytes.remove_prefix(good);
    if (bytes.empty()) break;
    shown += fmt::format("<0x{:02X}>", static_cast<unsigned char>(bytes[0]));
    bytes.remove_prefix(1);
  }
  return shown;
}

std::string grouped(std::int64_t number) {
  std::string digits = fmt::format("{}", number);
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

}  // namespace kvloupe
