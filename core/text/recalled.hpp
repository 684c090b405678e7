// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "text/tokenizer.hpp"

namespace kvloupe {

/// Bytes [begin, end) of a text, ascending, that what stands before them decides: the words which
/// only a model that looks back can know.
using ByteSpans = std::vector<std::pair<std::size_t, std::size_t>>;

/// The spans that NAME.recall.json beside NAME.txt lists (resources/demo/README.md); empty where
/// there is no such file. `bytes` is the length of the text. Throws Error: Malformed for a broken
/// file, Mismatch for one of another text.
[[nodiscard]] ByteSpans readRecalledSpans(const std::filesystem::path& text, std::size_t bytes);

/// One entry a token: 1 where it overlaps a span. Empty where the text of the tokens is not the
/// text itself, byte by byte, so that nobody knows where they stand.
[[nodiscard]] std::vector<std::uint8_t> recalledTokens(const Tokenizer& tokenizer,
                                                       std::span<const std::int32_t> ids,
                                                       std::string_view utf8,
                                                       const ByteSpans& spans);

}  // namespace kvloupe
