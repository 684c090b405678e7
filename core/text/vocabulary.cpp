// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "text/refusal.hpp"

namespace kvloupe {

Vocabulary Vocabulary::fromJson(const JsonValue& json, const std::string& file) {
  json.asObject();
  std::size_t bytes = 0;
  for (const JsonValue& entry : json) bytes += entry.key().size();

  Vocabulary vocabulary;
  vocabulary.pool_.reserve(bytes);  // never grows again: views stay good, also when moved
  vocabulary.ids_.reserve(json.size());
  vocabulary.byId_.reserve(json.size());
  for (const JsonValue& entry : json) {
    const auto id = static_cast<std::int32_t>(entry.asInt(0, kMaxTokenId));
    const std::size_t begin = vocabulary.pool_.size();
    const std::string_view key = entry.key();
    vocabulary.pool_.insert(vocabulary.pool_.end(), key.begin(), key.end());
    const std::string_view token(vocabulary.pool_.data() + begin, key.size());
    vocabulary.ids_.emplace(token, id);
    vocabulary.byId_.emplace_back(id, token);
  }
  std::sort(vocabulary.byId_.begin(), vocabulary.byId_.end());
  const auto twin =
      std::adjacent_find(vocabulary.byId_.begin(), vocabulary.byId_.end(),
                         [](const auto& a, const auto& b) { return a.first == b.first; });
  if (twin != vocabulary.byId_.end()) {
    throw Error(ErrorCode::Malformed,
                {.message = "two tokens have the same id",
                 .file = file,
                 .place = json.path(),
                 .expected = "an id of its own for every token",
                 .found = fmt::format("id {} for \"{}\" and \"{}\"", twin->first, twin->second,
                                      (twin + 1)->second),
                 .advice = {}});
  }
  return vocabulary;
}

std::optional<std::string_view> Vocabulary::token(std::int32_t id) const {
  const auto found =
      std::lower_bound(byId_.begin(), byId_.end(), id,
                       [](const auto& entry, std::int32_t i) { return entry.first < i; });
  if (found == byId_.end() || found->first != id) return std::nullopt;
  return found->second;
}

}  // namespace kvloupe
