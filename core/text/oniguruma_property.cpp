// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <utility>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "text/oniguruma.hpp"
#include "text/oniguruma_class.hpp"
#include "text/unicode_additions.hpp"

namespace kvloupe {
namespace {

using NamePair = std::pair<std::string_view, std::string_view>;

// Long names of general categories, which PCRE2 10.42 knows by their abbreviations alone.
constexpr std::array<NamePair, 37> kCategories{{{"letter", "L"},
                                                {"uppercaseletter", "Lu"},
                                                {"lowercaseletter", "Ll"},
                                                {"titlecaseletter", "Lt"},
                                                {"casedletter", "L&"},
                                                {"modifierletter", "Lm"},
                                                {"otherletter", "Lo"},
                                                {"mark", "M"},
                                                {"combiningmark", "M"},
                                                {"nonspacingmark", "Mn"},
                                                {"spacingmark", "Mc"},
                                                {"enclosingmark", "Me"},
                                                {"number", "N"},
                                                {"decimalnumber", "Nd"},
                                                {"letternumber", "Nl"},
                                                {"othernumber", "No"},
                                                {"punctuation", "P"},
                                                {"connectorpunctuation", "Pc"},
                                                {"dashpunctuation", "Pd"},
                                                {"openpunctuation", "Ps"},
                                                {"closepunctuation", "Pe"},
                                                {"initialpunctuation", "Pi"},
                                                {"finalpunctuation", "Pf"},
                                                {"otherpunctuation", "Po"},
                                                {"symbol", "S"},
                                                {"mathsymbol", "Sm"},
                                                {"currencysymbol", "Sc"},
                                                {"modifiersymbol", "Sk"},
                                                {"othersymbol", "So"},
                                                {"separator", "Z"},
                                                {"spaceseparator", "Zs"},
                                                {"lineseparator", "Zl"},
                                                {"paragraphseparator", "Zp"},
                                                {"other", "C"},
                                                {"control", "Cc"},
                                                {"format", "Cf"},
                                                {"unassigned", "Cn"}}};

std::string additionsOf(std::string_view category) {
  std::string items;
  for (const UnicodeAddition& range : kUnicodeAdditions) {
    if (!range.category.starts_with(category)) continue;
    items += fmt::format("\\x{{{:x}}}", static_cast<std::uint32_t>(range.first));
    if (range.last != range.first) {
      items += fmt::format("-\\x{{{:x}}}", static_cast<std::uint32_t>(range.last));
    }
  }
  return items;
}

std::string categoryItems(std::string_view category) {
  return fmt::format("\\p{{{}}}", category) + additionsOf(category);
}

// Characters that Unicode 15 and 16 made alphabetic although they are no letters.
constexpr std::string_view kAlphabeticAdditions =
    "\\x{363}-\\x{36f}\\x{c04}\\x{f82}-\\x{f83}\\x{1dd3}-\\x{1de6}\\x{10d69}\\x{11080}-\\x{11081}"
    "\\x{11241}\\x{113b8}-\\x{113c0}\\x{113c2}\\x{113c5}\\x{113c7}-\\x{113ca}\\x{113cc}-\\x{113cd}"
    "\\x{897}\\x{cf3}\\x{10efc}\\x{11f00}-\\x{11f01}\\x{11f03}\\x{11f34}-\\x{11f3a}"
    "\\x{11f3e}-\\x{11f40}\\x{1611e}-\\x{1612e}\\x{1e08f}";
constexpr std::string_view kHanAdditions = "\\x{2b739}\\x{2ebf0}-\\x{2ee5d}\\x{31350}-\\x{323af}";
// Oniguruma counts these among \w outside of classes, although they are neither letters nor
// decimal digits.
constexpr std::string_view kLatinWordAdditions = "\\x{b2}\\x{b3}\\x{b9}\\x{bc}-\\x{be}";

std::string alphabeticItems() {
  return "\\p{Alphabetic}" + additionsOf("L") + additionsOf("Nl") +
         std::string(kAlphabeticAdditions);
}

const std::string& wordItems() {
  static const std::string items =
      alphabeticItems() + categoryItems("M") + categoryItems("Nd") + categoryItems("Pc");
  return items;
}

constexpr std::string_view kSpaceItems =
    "\\t-\\r\\x20\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}"
    "\\x{3000}";

bool isPcreProperty(const std::string& name) {
  // A name with anything else in it could end the property and go on as a pattern.
  for (const char c : name) {
    const bool allowed =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':';
    if (!allowed) return false;
  }
  const std::string pattern = fmt::format("\\p{{{}}}", name);
  int error = 0;
  PCRE2_SIZE at = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                   PCRE2_UTF | PCRE2_UCP, &error, &at, nullptr);
  pcre2_code_free(code);
  return code != nullptr;
}

/// How a name is looked up: in lower case, without spaces, hyphens and underscores.
std::string looseName(std::string_view name) {
  std::string loose;
  for (const char c : name) {
    if (c == ' ' || c == '_' || c == '-') continue;
    loose += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return loose;
}

}  // namespace

std::string posixItems(std::string_view name) {
  if (name == "alpha") return alphabeticItems();
  if (name == "alnum") return alphabeticItems() + categoryItems("Nd");
  if (name == "digit") return categoryItems("Nd");
  if (name == "lower" || name == "lowercase") return "\\p{Lowercase}" + additionsOf("Ll");
  if (name == "upper" || name == "uppercase") return "\\p{Uppercase}" + additionsOf("Lu");
  if (name == "space") return std::string(kSpaceItems);
  if (name == "blank") return "\\t" + categoryItems("Zs");
  if (name == "cntrl") return "\\p{Cc}";
  if (name == "punct") return categoryItems("P") + categoryItems("S");
  if (name == "xdigit") return "0-9A-Fa-f";
  if (name == "word") return wordItems();
  if (name == "ascii") return "\\x00-\\x7f";
  return {};
}

CharacterSet shorthandSet(char letter, Standing standing) {
  const std::string word =
      standing == Standing::Alone ? wordItems() + std::string(kLatinWordAdditions) : wordItems();
  switch (letter) {
    case 's':
      return {std::string(kSpaceItems), {}};
    case 'S':
      return {{}, fmt::format("|[^{}]", kSpaceItems)};
    case 'w':
      return {word, {}};
    case 'W':
      return {{}, fmt::format("|[^{}]", word)};
    case 'd':
      return {categoryItems("Nd"), {}};
    case 'D':
      return {{}, fmt::format("|[^{}]", categoryItems("Nd"))};
    case 'h':
      return {"0-9A-Fa-f", {}};
    case 'H':
      return {{}, "|[^0-9A-Fa-f]"};
    default:
      return {};
  }
}

CharacterSet propertySet(std::string_view name, bool negated) {
  std::string items;
  const std::string loose = looseName(name);
  for (const auto& [longName, abbreviation] : kCategories) {
    if (loose == longName) items = categoryItems(abbreviation);
  }
  if (items.empty() && (loose.size() == 1 || loose.size() == 2)) {
    std::string category = loose;
    category[0] = static_cast<char>(category[0] - 'a' + 'A');
    if (std::string_view("LMNPSZC").find(category[0]) != std::string_view::npos &&
        isPcreProperty(category)) {
      items = categoryItems(category);
    }
  }
  if (items.empty()) items = posixItems(loose);
  if (items.empty() && loose == "alphabetic") items = alphabeticItems();
  if (items.empty() && loose == "any") items = "\\x{0}-\\x{10ffff}";
  if (items.empty() && !loose.empty()) {
    if (isPcreProperty("sc:" + loose)) {
      items = fmt::format("\\p{{sc:{}}}", loose);
      if (loose == "han" || loose == "hani") items += kHanAdditions;
    } else if (isPcreProperty(loose)) {
      items = fmt::format("\\p{{{}}}", loose);
    }
  }
  if (items.empty()) throw PatternError(fmt::format("the property \\p{{{}}}", name));
  if (negated) return {{}, fmt::format("|[^{}]", items)};
  return {items, {}};
}

}  // namespace kvloupe
