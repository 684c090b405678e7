// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/unicode.hpp"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "common/error.hpp"
#include "text/unicode_additions.hpp"
#include "text/utf8.hpp"

namespace kvloupe {
namespace {

const UnicodeAddition* additionAt(char32_t point) {
  const auto after =
      std::upper_bound(kUnicodeAdditions.begin(), kUnicodeAdditions.end(), point,
                       [](char32_t p, const UnicodeAddition& range) { return p < range.first; });
  if (after == kUnicodeAdditions.begin()) return nullptr;
  const UnicodeAddition& range = *(after - 1);
  return point <= range.last ? &range : nullptr;
}

bool inCategories(char32_t point, std::uint32_t mask) {
  return (U_GET_GC_MASK(static_cast<UChar32>(point)) & mask) != 0;
}

[[noreturn]] void refuseIcu(UErrorCode status) {
  throw Error(ErrorCode::Internal, {.message = "Unicode normalization failed",
                                    .file = {},
                                    .place = {},
                                    .expected = {},
                                    .found = u_errorName(status),
                                    .advice = {}});
}

const icu::Normalizer2& currentNormalizer(NormalizationForm form) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* instance = nullptr;
  switch (form) {
    case NormalizationForm::Nfc:
      instance = icu::Normalizer2::getNFCInstance(status);
      break;
    case NormalizationForm::Nfd:
      instance = icu::Normalizer2::getNFDInstance(status);
      break;
    case NormalizationForm::Nfkc:
      instance = icu::Normalizer2::getNFKCInstance(status);
      break;
    case NormalizationForm::Nfkd:
      instance = icu::Normalizer2::getNFKDInstance(status);
      break;
  }
  if (U_FAILURE(status) || instance == nullptr) refuseIcu(status);
  return *instance;
}

/// Characters of Unicode up to a version.
const icu::UnicodeSet& charactersOfAge(const char16_t* pattern) {
  UErrorCode status = U_ZERO_ERROR;
  auto* characters = new icu::UnicodeSet(pattern, status);  // lives as long as the program
  if (U_FAILURE(status)) refuseIcu(status);
  characters->freeze();
  return *characters;
}

// The `tokenizers` library has several Unicode tables of different age: normalization and marks are
// of Unicode 9, punctuation is of Unicode 8, the rest is current.
const icu::UnicodeSet& unicode9() {
  static const icu::UnicodeSet& set = charactersOfAge(u"[:age=9.0:]");
  return set;
}
const icu::UnicodeSet& unicode8() {
  static const icu::UnicodeSet& set = charactersOfAge(u"[:age=8.0:]");
  return set;
}

struct LowercaseAddition {
  char32_t first;
  char32_t last;
  std::int32_t distance;  // to the lower case
};

/// Upper case that ICU 72 does not know.
constexpr std::array<LowercaseAddition, 10> kLowercaseAdditions{{{0x1C89, 0x1C89, 1},
                                                                 {0xA7CB, 0xA7CB, 0x264 - 0xA7CB},
                                                                 {0xA7CC, 0xA7CC, 1},
                                                                 {0xA7CE, 0xA7CE, 1},
                                                                 {0xA7D2, 0xA7D2, 1},
                                                                 {0xA7D4, 0xA7D4, 1},
                                                                 {0xA7DA, 0xA7DA, 1},
                                                                 {0xA7DC, 0xA7DC, 0x19B - 0xA7DC},
                                                                 {0x10D50, 0x10D65, 0x20},
                                                                 {0x16EA0, 0x16EB8, 0x1B}}};

}  // namespace

bool isWhiteSpace(char32_t point) { return u_isUWhiteSpace(static_cast<UChar32>(point)) != 0; }

bool isMark(char32_t point) {
  if (point == 0x1CF2 || point == 0x1CF3) return true;  // until Unicode 12
  if (point == 0x111C9) return false;                   // until Unicode 11
  return inCategories(point, U_GC_M_MASK) && unicode9().contains(static_cast<UChar32>(point));
}

bool isWord(char32_t point) {
  if (const UnicodeAddition* addition = additionAt(point)) {
    const char major = addition->category[0];
    return major == 'L' || major == 'M' || addition->category == "Nd" ||
           addition->category == "Nl" || addition->category == "Pc";
  }
  const auto p = static_cast<UChar32>(point);
  return u_isUAlphabetic(p) || inCategories(point, U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK) ||
         u_hasBinaryProperty(p, UCHAR_JOIN_CONTROL);
}

bool isNumeric(char32_t point) {
  // Of Unicode 17.
  if ((point >= 0x11DE0 && point <= 0x11DE9) || (point >= 0x16FF4 && point <= 0x16FF6)) return true;
  const UnicodeAddition* addition = additionAt(point);
  return addition != nullptr ? addition->category[0] == 'N' : inCategories(point, U_GC_N_MASK);
}

bool isPunctuation(char32_t point) {
  if (point < 0x80) return point > 0x20 && point != 0x7F && !u_isalnum(static_cast<UChar32>(point));
  if (point == 0x166D || point == 0x111C9) return true;  // until Unicode 12 and 11
  return inCategories(point, U_GC_P_MASK) && unicode8().contains(static_cast<UChar32>(point));
}

void appendLowercase(std::string& text, char32_t point) {
  if (point == 0x130) {  // the one character whose lower case is two: i and a dot above
    text += "i\xCC\x87";
    return;
  }
  for (const LowercaseAddition& addition : kLowercaseAdditions) {
    if (point < addition.first || point > addition.last) continue;
    appendUtf8(text, static_cast<char32_t>(static_cast<std::int32_t>(point) + addition.distance));
    return;
  }
  appendUtf8(text, static_cast<char32_t>(u_tolower(static_cast<UChar32>(point))));
}

std::string normalizeUnicode(NormalizationForm form, std::string_view utf8) {
  std::string result;
  result.reserve(utf8.size());
  const icu::Normalizer2& current = currentNormalizer(form);
  const icu::FilteredNormalizer2 normalizer(current, unicode9());
  // ICU counts in 32 bits: long text goes in parts that begin at a character which no
  // normalization joins to what stands before it.
  constexpr std::size_t kPart = std::size_t{1} << 28;
  while (!utf8.empty()) {
    std::size_t end = std::min(utf8.size(), kPart);
    while (end < utf8.size()) {
      if ((static_cast<unsigned char>(utf8[end]) & 0xC0) != 0x80) {
        std::size_t next = end;
        if (current.hasBoundaryBefore(static_cast<UChar32>(nextCodePoint(utf8, next)))) break;
      }
      ++end;
    }
    UErrorCode status = U_ZERO_ERROR;
    const icu::StringPiece part(utf8.data(), static_cast<std::int32_t>(end));
    if (current.isNormalizedUTF8(part, status)) {
      result.append(utf8.substr(0, end));
    } else {
      icu::StringByteSink<std::string> sink(&result);
      normalizer.normalizeUTF8(0, part, sink, nullptr, status);
    }
    if (U_FAILURE(status)) refuseIcu(status);
    utf8.remove_prefix(end);
  }
  return result;
}

}  // namespace kvloupe
