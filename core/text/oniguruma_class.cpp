// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/oniguruma_class.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "text/oniguruma.hpp"
#include "text/utf8.hpp"

namespace kvloupe {
namespace {

std::string escapedLiteral(std::string_view character) {
  const char c = character[0];
  const bool plain = character.size() > 1 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                     (c >= 'A' && c <= 'Z') || c == ' ';
  if (plain) return std::string(character);
  if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
    return fmt::format("\\x{{{:x}}}", static_cast<unsigned>(c));
  }
  return fmt::format("\\{}", c);
}

std::string_view characterAt(std::string_view pattern, std::size_t offset) {
  return pattern.substr(offset, utf8Length(static_cast<unsigned char>(pattern[offset])));
}

/// Hex digits at `offset`, between `least` and `most` of them.
std::uint32_t hexAt(std::string_view pattern, std::size_t& offset, int least, int most) {
  std::uint32_t value = 0;
  int count = 0;
  for (; count < most && offset < pattern.size(); ++count, ++offset) {
    const char c = pattern[offset];
    if (c >= '0' && c <= '9') {
      value = value * 16 + static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      value = value * 16 + static_cast<std::uint32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      value = value * 16 + static_cast<std::uint32_t>(c - 'A' + 10);
    } else {
      break;
    }
  }
  if (count < least) throw PatternSyntaxError("a character escape without its hex digits");
  return value;
}

/// Reads a class up to its `]`, `offset` behind its `[`.
class ClassReader {
 public:
  ClassReader(std::string_view pattern, std::size_t offset) : pattern_(pattern), offset_(offset) {}

  std::string read(int depth) {
    if (depth > kMaxDepth) throw PatternError("character classes nested too deeply");
    const bool negated = peek() == '^';
    if (negated) ++offset_;
    CharacterSet current;
    std::string required;  // lookaheads for all but the last part of an intersection
    bool first = true;
    for (;; first = false) {
      const char c = peek();
      if (c == ']' && !first) break;
      if (c == '&' && pattern_.substr(offset_, 2) == "&&") {
        offset_ += 2;
        required += fmt::format("(?={})", current.expression(false));
        current = {};
      } else if (c == '[') {
        readNested(current, depth);
      } else if (c == '\\') {
        ++offset_;
        readEscape(current);
      } else if (c == '-') {
        current.items += '-';  // PCRE2 and Oniguruma agree on when it is a range
        ++offset_;
      } else {
        const std::string_view character = characterAt(pattern_, offset_);
        current.items += escapedLiteral(character);
        offset_ += character.size();
      }
    }
    ++offset_;
    if (required.empty()) return current.expression(negated);
    const std::string both = required + current.expression(false);
    return negated ? fmt::format("(?:(?!{})(?s:.))", both) : fmt::format("(?:{})", both);
  }

  [[nodiscard]] std::size_t offset() const { return offset_; }

 private:
  static constexpr int kMaxDepth = 16;

  [[nodiscard]] char peek() const {
    if (offset_ >= pattern_.size()) throw PatternSyntaxError("a character class without its end");
    return pattern_[offset_];
  }

  void readNested(CharacterSet& set, int depth) {
    if (pattern_.substr(offset_, 2) == "[:") {
      const std::size_t end = pattern_.find(":]", offset_);
      if (end != std::string_view::npos) {
        std::string_view name = pattern_.substr(offset_ + 2, end - offset_ - 2);
        const bool negated = name.starts_with('^');
        if (negated) name.remove_prefix(1);
        const std::string items = posixItems(name);
        if (items.empty()) throw PatternError(fmt::format("the bracket [:{}:]", name));
        if (negated) {
          set.alternatives += fmt::format("|[^{}]", items);
        } else {
          set.items += items;
        }
        offset_ = end + 2;
        return;
      }
    }
    ++offset_;
    set.alternatives += '|';
    set.alternatives += read(depth + 1);
  }

  void readEscape(CharacterSet& set) {
    const char letter = peek();
    if (letter == 'p' || letter == 'P') {
      ++offset_;
      set.add(translateProperty(pattern_, offset_, letter == 'P'));
      return;
    }
    const CharacterSet shorthand = shorthandSet(letter, Standing::InClass);
    if (!shorthand.items.empty() || !shorthand.alternatives.empty()) {
      ++offset_;
      set.add(shorthand);
      return;
    }
    if (letter == 'b') {
      ++offset_;
      set.items += "\\x08";
      return;
    }
    set.items += translateCharacterEscape(pattern_, offset_);
  }

  std::string_view pattern_;
  std::size_t offset_;
};

}  // namespace

std::string CharacterSet::expression(bool negated) const {
  if (alternatives.empty()) {
    if (items.empty()) throw PatternSyntaxError("an empty character class");
    return fmt::format("[{}{}]", negated ? "^" : "", items);
  }
  const std::string_view others = std::string_view(alternatives).substr(1);
  const std::string any =
      items.empty() ? std::string(others) : fmt::format("[{}]|{}", items, others);
  return negated ? fmt::format("(?:(?!{})(?s:.))", any) : fmt::format("(?:{})", any);
}

std::string translateClass(std::string_view pattern, std::size_t& offset) {
  ClassReader reader(pattern, offset + 1);
  std::string expression = reader.read(0);
  offset = reader.offset();
  return expression;
}

CharacterSet translateProperty(std::string_view pattern, std::size_t& offset, bool negated) {
  if (offset >= pattern.size() || pattern[offset] != '{') {
    throw PatternSyntaxError("\\p without a name in braces");
  }
  const std::size_t end = pattern.find('}', offset);
  if (end == std::string_view::npos) throw PatternSyntaxError("\\p{ without its end");
  std::string_view name = pattern.substr(offset + 1, end - offset - 1);
  if (name.starts_with('^')) {
    negated = !negated;
    name.remove_prefix(1);
  }
  offset = end + 1;
  return propertySet(name, negated);
}

std::string translateCharacterEscape(std::string_view pattern, std::size_t& offset) {
  if (offset >= pattern.size()) throw PatternSyntaxError("a backslash at its end");
  const char letter = pattern[offset];
  const auto codePoint = [](std::uint32_t point) {
    if (point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) {
      throw PatternSyntaxError(fmt::format("\\x{{{:x}}}, which is no character", point));
    }
    return fmt::format("\\x{{{:x}}}", point);
  };
  ++offset;
  switch (letter) {
    case 't':
    case 'n':
    case 'r':
    case 'f':
    case 'a':
    case 'e':
      return fmt::format("\\{}", letter);
    case 'v':
      return "\\x0b";
    case 'u':
      return codePoint(hexAt(pattern, offset, 4, 4));
    case 'x': {
      if (offset < pattern.size() && pattern[offset] == '{') {
        ++offset;
        const std::uint32_t point = hexAt(pattern, offset, 1, 8);
        if (offset >= pattern.size() || pattern[offset] != '}') {
          throw PatternSyntaxError("\\x{ without its end");
        }
        ++offset;
        return codePoint(point);
      }
      const std::uint32_t byte = hexAt(pattern, offset, 1, 2);
      if (byte >= 0x80) throw PatternError("\\x with a single byte of a longer character");
      return codePoint(byte);
    }
    case '0':
      return "\\x{0}";
    default:
      break;
  }
  const bool alphanumeric = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                            (letter >= '1' && letter <= '9');
  if (alphanumeric) throw PatternError(fmt::format("the escape \\{}", letter));
  --offset;
  const std::string_view character = characterAt(pattern, offset);
  offset += character.size();
  return escapedLiteral(character);
}

}  // namespace kvloupe
