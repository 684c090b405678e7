// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/unicode.hpp"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>

#include <algorithm>

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

/// The `tokenizers` library normalizes by the tables of Unicode 9: later characters stay as they
/// are.
const icu::UnicodeSet& normalizedCharacters() {
  static const icu::UnicodeSet set = [] {
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeSet characters(u"[:age=9.0:]", status);
    if (U_FAILURE(status)) refuseIcu(status);
    characters.freeze();
    return characters;
  }();
  return set;
}

}  // namespace

bool isWhiteSpace(char32_t point) { return u_isUWhiteSpace(static_cast<UChar32>(point)) != 0; }

bool isMark(char32_t point) {
  const UnicodeAddition* addition = additionAt(point);
  return addition != nullptr ? addition->category[0] == 'M' : inCategories(point, U_GC_M_MASK);
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
  const UnicodeAddition* addition = additionAt(point);
  return addition != nullptr ? addition->category[0] == 'N' : inCategories(point, U_GC_N_MASK);
}

bool isPunctuation(char32_t point) {
  if (point < 0x80) return point > 0x20 && point != 0x7F && !u_isalnum(static_cast<UChar32>(point));
  const UnicodeAddition* addition = additionAt(point);
  return addition != nullptr ? addition->category[0] == 'P' : inCategories(point, U_GC_P_MASK);
}

void appendLowercase(std::string& text, char32_t point) {
  if (point == 0x130) {  // the one character whose lower case is two: i and a dot above
    text += "i\xCC\x87";
    return;
  }
  appendUtf8(text, static_cast<char32_t>(u_tolower(static_cast<UChar32>(point))));
}

std::string normalizeUnicode(NormalizationForm form, std::string_view utf8) {
  std::string result;
  result.reserve(utf8.size());
  const icu::Normalizer2& current = currentNormalizer(form);
  const icu::FilteredNormalizer2 normalizer(current, normalizedCharacters());
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
