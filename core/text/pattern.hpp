// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "io/json.hpp"
#include "text/regex.hpp"

namespace kvloupe {

/// What a Split or Replace component looks for: a plain string or a regular expression.
class Pattern {
 public:
  /// From {"String": "..."} or {"Regex": "..."}; `file` for messages.
  static Pattern fromJson(const JsonValue& json, const std::string& file);

  explicit Pattern(std::string literal);
  explicit Pattern(Regex regex) : what_(std::move(regex)) {}

  /// Matches from left to right, not overlapping.
  void forEachMatch(std::string_view subject, const Regex::MatchFn& match) const;

  /// `subject` with every match replaced by `content`, taken literally.
  [[nodiscard]] std::string replaced(std::string_view subject, std::string_view content) const;

 private:
  std::variant<std::string, Regex> what_;
};

}  // namespace kvloupe
