// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/json_mutator.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace kvloupe::fuzz {
namespace {

constexpr std::array<std::string_view, 30> kValues{
    "0",    "-0",    "1",          "-1",          "2",          "3",
    "7",    "64",    "65536",      "1048576",     "1073741824", "2147483647",
    "4e9",  "1e308", "4294967296", "2147483648",  "1e-320",     "9223372036854775807",
    "-1.5", "0.5",   "null",       "true",        "false",      "18446744073709551615",
    "{}",   "[]",    "\"\"",       "\"\\u0000\"", "[[[[1]]]]",  R"({"a":{"a":0}})"};

struct Span {
  std::size_t begin = 0, end = 0;
};

/// Where a string that begins at `at` ends.
std::size_t endOfString(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at)
    if (json[at] == '\\') ++at;
  return std::min(at + 1, json.size());
}

/// Places of all values, keys left out.
std::vector<Span> valuesOf(std::string_view json) {
  std::vector<Span> values;
  std::vector<std::size_t> open;
  for (std::size_t at = 0; at < json.size();) {
    const char c = json[at];
    if (c == '{' || c == '[') {
      open.push_back(at++);
    } else if (c == '}' || c == ']') {
      ++at;
      if (open.empty()) continue;
      values.push_back({open.back(), at});
      open.pop_back();
    } else if (c == '"') {
      const std::size_t end = endOfString(json, at);
      const std::size_t next = json.find_first_not_of(" \n\t\r", end);
      const bool key = next != std::string_view::npos && json[next] == ':';
      if (!key) values.push_back({at, end});
      at = end;
    } else if (std::string_view(" \n\t\r,:").find(c) != std::string_view::npos) {
      ++at;
    } else {
      const std::size_t end = std::min(json.find_first_of(" \n\t\r,:{}[]\"", at), json.size());
      values.push_back({at, end});
      at = end;
    }
  }
  return values;
}

}  // namespace

void mutateJson(std::string& json, std::mt19937& random) {
  const std::vector<Span> values = valuesOf(json);
  if (values.empty()) return;
  const auto any = [&random](std::size_t count) { return random() % count; };
  const Span changed = values[any(values.size())];
  const Span other = values[any(values.size())];
  const std::string copy = json.substr(other.begin, other.end - other.begin);
  const std::string own = json.substr(changed.begin, changed.end - changed.begin);
  std::string value;
  switch (any(8)) {
    case 0:
      value = copy;
      break;
    case 1:
      value = "[" + own + "," + copy + "]";
      break;
    default:
      value = kValues[any(kValues.size())];
  }
  json.replace(changed.begin, own.size(), value);
}

}  // namespace kvloupe::fuzz
