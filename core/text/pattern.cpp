// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/pattern.hpp"

#include <utility>

namespace kvloupe {

Pattern::Pattern(std::string literal) : what_(std::move(literal)) {}

Pattern Pattern::fromJson(const JsonValue& json, const std::string& file) {
  json.asObject();
  if (const auto literal = json.find("String")) {
    const std::string_view text = literal->asString();
    // The empty string matches between all characters, which the expression machinery knows.
    if (!text.empty()) return Pattern(std::string(text));
    return Pattern(Regex("", file, literal->path()));
  }
  if (const auto regex = json.find("Regex")) {
    return Pattern(Regex(regex->asString(), file, regex->path()));
  }
  json.refuse("a pattern of an unknown kind", "an object with \"String\" or \"Regex\"");
}

void Pattern::forEachMatch(std::string_view subject, const Regex::MatchFn& match) const {
  if (const auto* regex = std::get_if<Regex>(&what_)) {
    regex->forEachMatch(subject, match);
    return;
  }
  const std::string& literal = std::get<std::string>(what_);
  for (std::size_t at = subject.find(literal); at != std::string_view::npos;
       at = subject.find(literal, at + literal.size())) {
    match(at, at + literal.size());
  }
}

std::string Pattern::replaced(std::string_view subject, std::string_view content) const {
  std::string result;
  result.reserve(subject.size() + subject.size() / 8);
  std::size_t done = 0;
  forEachMatch(subject, [&](std::size_t begin, std::size_t end) {
    result.append(subject.substr(done, begin - done));
    result.append(content);
    done = end;
  });
  result.append(subject.substr(done));
  return result;
}

}  // namespace kvloupe
