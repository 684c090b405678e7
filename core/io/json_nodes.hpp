// SPDX-License-Identifier: GPL-3.0-or-later
// How a JsonDocument lies in memory: private to json.cpp and json_parse.cpp.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "io/json.hpp"

namespace kvloupe {

inline constexpr std::uint32_t kNoNode = std::numeric_limits<std::uint32_t>::max();

/// A piece of the document's one character pool.
struct JsonText {
  std::uint32_t begin = 0;
  std::uint32_t size = 0;
};

/// Nodes stand in the order of the text; children form a list. A vocabulary of 150,000 entries is
/// one allocation this way.
struct JsonNode {
  JsonKind kind = JsonKind::Null;
  std::uint32_t parent = 0;
  std::uint32_t next = kNoNode;
  std::uint32_t firstChild = kNoNode;
  std::uint32_t count = 0;
  std::uint32_t offset = 0;  // of the key where there is one, else of the value; in bytes, its end
  JsonText key{};
  std::uint64_t value = 0;  // the bits of a bool, an integer, a double, or begin and size of a text

  [[nodiscard]] JsonText text() const {
    return {static_cast<std::uint32_t>(value >> 32), static_cast<std::uint32_t>(value)};
  }
  void setText(JsonText text) { value = (std::uint64_t{text.begin} << 32) | text.size; }
};

struct JsonNodes {
  std::string file;
  std::vector<JsonNode> nodes;
  std::string pool;

  [[nodiscard]] std::string_view view(JsonText text) const {
    return std::string_view(pool).substr(text.begin, text.size);
  }
};

/// Key path of a node: "rope_scaling.factor", "layers[3].type"; empty for the root.
[[nodiscard]] std::string jsonPath(const JsonNodes& data, std::uint32_t index);

}  // namespace kvloupe
