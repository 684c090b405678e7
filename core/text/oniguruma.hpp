// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace kvloupe {

/// What a pattern holds that cannot be carried over.
class PatternError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What is wrong in any dialect.
class PatternSyntaxError : public PatternError {
  using PatternError::PatternError;
};

/// Rewrites a regular expression of the Oniguruma dialect (the `tokenizers` library's) for PCRE2
/// with PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE, so that it matches the same text:
///
/// - \s \w \h \v \b, POSIX brackets and long property names mean what Oniguruma means by them;
/// - scripts are scripts, not script extensions; characters of Unicode 15 and 16 count;
/// - classes may hold classes and be intersected (`[a-z&&[^aeiou]]`);
/// - {n,m}+ repeats an interval instead of being possessive, {,m} starts at 0, {n}? is optional;
/// - (?m) is dot-matches-newline, and an option in mid-branch reaches to the end of its group.
///
/// Throws PatternSyntaxError for a bad pattern, as far as it is not left for PCRE2 to find, and
/// PatternError for what has no counterpart.
std::string translateOniguruma(std::string_view pattern);

}  // namespace kvloupe
