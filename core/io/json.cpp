// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "io/json_nodes.hpp"

namespace kvloupe {
namespace {

constexpr std::size_t kShownCharacters = 60;

std::string shortened(std::string_view text) {
  if (text.size() <= kShownCharacters) return std::string(text);
  std::size_t cut = kShownCharacters;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;  // whole UTF-8
  return std::string(text.substr(0, cut)) + "...";
}

}  // namespace

std::string jsonPath(const JsonNodes& data, std::uint32_t index) {
  std::vector<std::string> parts;
  for (std::uint32_t at = index; at != 0; at = data.nodes[at].parent) {
    const JsonNode& parent = data.nodes[data.nodes[at].parent];
    if (parent.kind == JsonKind::Object) {
      parts.push_back(fmt::format(".{}", shortened(data.view(data.nodes[at].key))));
    } else {
      std::size_t position = 0;
      for (std::uint32_t i = parent.firstChild; i != at; i = data.nodes[i].next) ++position;
      parts.push_back(fmt::format("[{}]", position));
    }
  }
  std::string text;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) text += *part;
  return text.starts_with('.') ? text.substr(1) : text;
}

JsonKind JsonValue::kind() const { return data_->nodes[index_].kind; }

std::string_view JsonValue::key() const {
  const JsonNode& node = data_->nodes[index_];
  return data_->view(node.key);
}

std::size_t JsonValue::size() const { return data_->nodes[index_].count; }

JsonValue::Iterator JsonValue::begin() const { return {data_, data_->nodes[index_].firstChild}; }

JsonValue::Iterator JsonValue::end() const { return {data_, kNoNode}; }

JsonValue::Iterator& JsonValue::Iterator::operator++() {
  index_ = data_->nodes[index_].next;
  return *this;
}

std::string JsonValue::path() const { return jsonPath(*data_, index_); }

std::string JsonValue::describe() const {
  const JsonNode& node = data_->nodes[index_];
  switch (node.kind) {
    case JsonKind::Null:
      return "null";
    case JsonKind::Bool:
      return node.value != 0 ? "true" : "false";
    case JsonKind::Integer:
      return fmt::format("{}", std::bit_cast<std::int64_t>(node.value));
    case JsonKind::Unsigned:
      return fmt::format("{}", node.value);
    case JsonKind::BigInteger:
      return shortened(data_->view(node.text()));
    case JsonKind::Real:
      return fmt::format("{}", std::bit_cast<double>(node.value));
    case JsonKind::String:
      return fmt::format("the string \"{}\"", shortened(data_->view(node.text())));
    case JsonKind::Array:
      return fmt::format("an array of {}", node.count);
    case JsonKind::Object:
      return fmt::format("an object of {}", node.count);
  }
  return {};
}

void JsonValue::refuse(std::string message, std::string expected) const {
  throw Error(ErrorCode::Malformed, {.message = std::move(message),
                                     .file = data_->file,
                                     .place = path(),
                                     .expected = std::move(expected),
                                     .found = describe()});
}

std::int64_t JsonValue::asInt() const {
  const JsonNode& node = data_->nodes[index_];
  if (node.kind == JsonKind::Integer) return std::bit_cast<std::int64_t>(node.value);
  if (node.kind == JsonKind::Unsigned || node.kind == JsonKind::BigInteger)
    refuse("the number is too large", "an integer below 2^63");
  refuse("wrong type", "an integer");
}

std::int64_t JsonValue::asInt(std::int64_t least, std::int64_t most) const {
  const std::int64_t value = asInt();
  if (value < least || value > most)
    refuse("out of range", fmt::format("an integer from {} to {}", least, most));
  return value;
}

double JsonValue::asDouble() const {
  const JsonNode& node = data_->nodes[index_];
  if (node.kind == JsonKind::Real) return std::bit_cast<double>(node.value);
  if (node.kind == JsonKind::Integer)
    return static_cast<double>(std::bit_cast<std::int64_t>(node.value));
  if (node.kind == JsonKind::Unsigned || node.kind == JsonKind::BigInteger)
    refuse("the number is too large", "an integer below 2^63");
  refuse("wrong type", "a number");
}

bool JsonValue::asBool() const {
  const JsonNode& node = data_->nodes[index_];
  if (node.kind != JsonKind::Bool) refuse("wrong type", "true or false");
  return node.value != 0;
}

std::string_view JsonValue::asString() const {
  const JsonNode& node = data_->nodes[index_];
  if (node.kind != JsonKind::String) refuse("wrong type", "a string");
  return data_->view(node.text());
}

const JsonValue& JsonValue::asArray() const {
  if (!isArray()) refuse("wrong type", "an array");
  return *this;
}

const JsonValue& JsonValue::asObject() const {
  if (!isObject()) refuse("wrong type", "an object");
  return *this;
}

std::optional<JsonValue> JsonValue::find(std::string_view name) const {
  if (!isObject()) return std::nullopt;
  for (const JsonValue member : *this)
    if (member.key() == name) return member;
  return std::nullopt;
}

std::optional<JsonValue> JsonValue::findPresent(std::string_view name) const {
  std::optional<JsonValue> member = find(name);
  if (member && member->isNull()) return std::nullopt;
  return member;
}

JsonValue JsonValue::at(std::string_view name) const {
  asObject();
  if (const std::optional<JsonValue> member = find(name)) return *member;
  const std::string here = path();
  throw Error(ErrorCode::Malformed,
              {.message = "missing",
               .file = data_->file,
               .place = here.empty() ? std::string(name) : fmt::format("{}.{}", here, name),
               .expected = "this field",
               .found = "no such key"});
}

std::int64_t JsonValue::requireInt(std::string_view name) const { return at(name).asInt(); }
double JsonValue::requireDouble(std::string_view name) const { return at(name).asDouble(); }
bool JsonValue::requireBool(std::string_view name) const { return at(name).asBool(); }
std::string_view JsonValue::requireString(std::string_view name) const {
  return at(name).asString();
}
JsonValue JsonValue::requireArray(std::string_view name) const { return at(name).asArray(); }
JsonValue JsonValue::requireObject(std::string_view name) const { return at(name).asObject(); }

std::optional<std::int64_t> JsonValue::optionalInt(std::string_view name) const {
  const auto member = findPresent(name);
  return member ? std::optional(member->asInt()) : std::nullopt;
}

std::optional<double> JsonValue::optionalDouble(std::string_view name) const {
  const auto member = findPresent(name);
  return member ? std::optional(member->asDouble()) : std::nullopt;
}

std::optional<bool> JsonValue::optionalBool(std::string_view name) const {
  const auto member = findPresent(name);
  return member ? std::optional(member->asBool()) : std::nullopt;
}

std::optional<std::string_view> JsonValue::optionalString(std::string_view name) const {
  const auto member = findPresent(name);
  return member ? std::optional(member->asString()) : std::nullopt;
}

std::optional<JsonValue> JsonValue::optionalArray(std::string_view name) const {
  const auto member = findPresent(name);
  return member ? std::optional(member->asArray()) : std::nullopt;
}

std::optional<JsonValue> JsonValue::optionalObject(std::string_view name) const {
  const auto member = findPresent(name);
  return member ? std::optional(member->asObject()) : std::nullopt;
}

}  // namespace kvloupe
