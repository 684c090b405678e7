// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace kvloupe {

/// A regular expression of a tokenizer file (Oniguruma's dialect), run by PCRE2 with limits on its
/// steps and memory. Immutable; may be used from several threads.
class Regex {
 public:
  /// Called for each match with its begin and end in the subject.
  using MatchFn = std::function<void(std::size_t begin, std::size_t end)>;

  /// Throws Error Malformed (a bad pattern) or Unsupported (one that PCRE2 cannot express) with
  /// `file` and `place`, which are also named where a match runs away.
  Regex(std::string_view pattern, std::string file, std::string place);
  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

  /// All matches in well-formed UTF-8 from left to right, not overlapping; an empty match right
  /// behind another match is skipped. `match` may use regular expressions itself.
  ///
  /// Throws Error Malformed when the expression needs more steps, memory or time than any
  /// reasonable one would for a subject of this length.
  void forEachMatch(std::string_view subject, const MatchFn& match) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace kvloupe
