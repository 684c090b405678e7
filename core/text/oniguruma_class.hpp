// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kvloupe {

/// A set of characters in PCRE2's terms: what stands between [ and ], plus whole expressions of one
/// character each for what cannot stand there (a negated class inside a class, an intersection).
struct CharacterSet {
  std::string items;         // of a bracket expression
  std::string alternatives;  // "|x|y", each matching one character

  void add(const CharacterSet& other) {
    items += other.items;
    alternatives += other.alternatives;
  }
  [[nodiscard]] std::string expression(bool negated) const;
};

enum class Standing { Alone, InClass };

/// \s, \w, \d, \h and their negations, by their letter; empty for other letters. \w is a little
/// wider alone than in a class, as Oniguruma has it.
CharacterSet shorthandSet(char letter, Standing standing);

/// Items of the POSIX bracket [:name:], or of the property of the same name; empty if it is none.
std::string posixItems(std::string_view name);

/// \p{name} (or \P, or \p{^name}); the name without braces and caret.
CharacterSet propertySet(std::string_view name, bool negated);

/// The class whose `[` is at `offset` of an Oniguruma pattern, as a PCRE2 expression of one
/// character; moves `offset` behind its `]`. Throws PatternError.
std::string translateClass(std::string_view pattern, std::size_t& offset);

/// The property at `offset` (behind \p or \P); moves `offset` behind it.
CharacterSet translateProperty(std::string_view pattern, std::size_t& offset, bool negated);

/// An escape that stands for one character, `offset` at the letter behind the backslash: as PCRE2
/// writes it; moves `offset` behind it. Throws PatternError for a letter that means something else.
std::string translateCharacterEscape(std::string_view pattern, std::size_t& offset);

}  // namespace kvloupe
