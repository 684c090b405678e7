// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace kvloupe {

// Character classes as the `tokenizers` library's Rust code has them.
bool isWhiteSpace(char32_t point);   // White_Space
bool isWord(char32_t point);         // \w: Alphabetic, M, Nd, Pc, Join_Control
bool isNumeric(char32_t point);      // Nd, Nl, No
bool isPunctuation(char32_t point);  // P, and the ASCII punctuation that Unicode calls symbols
bool isMark(char32_t point);         // Mn, Mc, Me

/// Appends the full lower-case mapping of one character, without regard to its context.
void appendLowercase(std::string& text, char32_t point);

enum class NormalizationForm { Nfc, Nfd, Nfkc, Nfkd };

/// Unicode normalization of well-formed UTF-8, for characters of Unicode 9, as the `tokenizers`
/// library has it; later ones stay as they are.
std::string normalizeUnicode(NormalizationForm form, std::string_view utf8);

}  // namespace kvloupe
