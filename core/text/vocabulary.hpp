// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "io/json.hpp"

namespace kvloupe {

/// The largest id of a token: the size of a vocabulary is an int32 as well.
inline constexpr std::int32_t kMaxTokenId = std::numeric_limits<std::int32_t>::max() - 1;

/// Tokens of a model and their ids, one to one.
class Vocabulary {
 public:
  /// From an object of ids by token. Throws Error Malformed for an id that is negative, not a whole
  /// number, above kMaxTokenId, or taken.
  static Vocabulary fromJson(const JsonValue& json, const std::string& file);

  [[nodiscard]] std::optional<std::int32_t> find(std::string_view token) const {
    const auto found = ids_.find(token);
    return found == ids_.end() ? std::nullopt : std::optional(found->second);
  }
  /// The token of an id, or nothing.
  [[nodiscard]] std::optional<std::string_view> token(std::int32_t id) const;
  [[nodiscard]] std::size_t size() const { return byId_.size(); }
  [[nodiscard]] std::int32_t maxId() const { return byId_.empty() ? -1 : byId_.back().first; }
  /// All (id, token) in the order of ids.
  [[nodiscard]] const std::vector<std::pair<std::int32_t, std::string_view>>& all() const {
    return byId_;
  }

 private:
  std::vector<char> pool_;  // the tokens' characters, which the views point into
  std::unordered_map<std::string_view, std::int32_t> ids_;
  std::vector<std::pair<std::int32_t, std::string_view>> byId_;
};

}  // namespace kvloupe
