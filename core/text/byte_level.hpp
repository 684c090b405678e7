// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kvloupe {

/// GPT-2's split of a text into words, which a ByteLevel pre-tokenizer with `use_regex` applies.
inline constexpr std::string_view kGpt2Split =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

/// GPT-2's byte alphabet: every byte as one visible character (openai/gpt-2, encoder.py).
std::string bytesToCharacters(std::string_view bytes);

/// Bytes of a token written in that alphabet, or nothing if it holds another character.
std::optional<std::string> charactersToBytes(std::string_view utf8);

}  // namespace kvloupe
