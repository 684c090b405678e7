// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kvloupe {

/// A SentencePiece-style token to be shown: its U+2581 as spaces.
std::string metaspaceShown(std::string_view token);

/// Bytes to be shown: characters as they are, other bytes as <0xNN>.
std::string bytesShown(std::string_view bytes);

/// 151,665
std::string grouped(std::int64_t number);

}  // namespace kvloupe
