// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kvloupe {

enum class JsonKind : std::uint8_t {
  Null,
  Bool,
  Integer,     // fits int64
  Unsigned,    // above int64, fits uint64
  BigInteger,  // beyond uint64: kept apart, never rounded into a double silently
  Real,
  String,
  Array,
  Object,
};

struct JsonLimits {
  int maxDepth = 64;
  std::size_t maxBytes = std::size_t{1} << 30;
  std::size_t maxValues = 10'000'000;  // about 50 bytes of memory each
};

class JsonDocument;
struct JsonNodes;

/// A value inside a JsonDocument, which must outlive it. Cheap to copy. Typed access throws
/// Error(Malformed) that names the file, the key path, what was found and what was expected.
class JsonValue {
 public:
  class Iterator;

  [[nodiscard]] JsonKind kind() const;
  [[nodiscard]] bool isNull() const { return kind() == JsonKind::Null; }
  [[nodiscard]] bool isString() const { return kind() == JsonKind::String; }
  [[nodiscard]] bool isArray() const { return kind() == JsonKind::Array; }
  [[nodiscard]] bool isObject() const { return kind() == JsonKind::Object; }
  [[nodiscard]] bool isNumber() const {
    return kind() >= JsonKind::Integer && kind() <= JsonKind::Real;
  }

  /// Typed access to this value itself.
  std::int64_t asInt() const;
  std::int64_t asInt(std::int64_t least, std::int64_t most) const;
  double asDouble() const;  // integers too
  bool asBool() const;
  std::string_view asString() const;  // lives as long as the document
  const JsonValue& asArray() const;   // checks, returns itself
  const JsonValue& asObject() const;

  /// Elements of an array or members of an object, in the order of the file; no others have any.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const;
  /// Name of this member in its object; empty elsewhere.
  [[nodiscard]] std::string_view key() const;

  /// Member of this object; linear in its size, so walk a large object instead.
  [[nodiscard]] std::optional<JsonValue> find(std::string_view name) const;

  /// Required members of this object: absent or of another type is an Error.
  JsonValue at(std::string_view name) const;
  std::int64_t requireInt(std::string_view name) const;
  double requireDouble(std::string_view name) const;
  bool requireBool(std::string_view name) const;
  std::string_view requireString(std::string_view name) const;
  JsonValue requireArray(std::string_view name) const;
  JsonValue requireObject(std::string_view name) const;

  /// Optional members: absent or null gives nullopt, another type is an Error.
  std::optional<std::int64_t> optionalInt(std::string_view name) const;
  std::optional<double> optionalDouble(std::string_view name) const;
  std::optional<bool> optionalBool(std::string_view name) const;
  std::optional<std::string_view> optionalString(std::string_view name) const;
  std::optional<JsonValue> optionalArray(std::string_view name) const;
  std::optional<JsonValue> optionalObject(std::string_view name) const;

  /// Where this value stands: "rope_scaling.factor", "layers[3].type"; the root's is empty.
  [[nodiscard]] std::string path() const;
  /// The value in a few words, for messages: `the string "yarn"`, `1.5`, `an array of 3`.
  [[nodiscard]] std::string describe() const;
  /// Refuses this value: throws Error(Malformed) with its file, path and description.
  [[noreturn]] void refuse(std::string message, std::string expected) const;

 private:
  friend class JsonDocument;
  JsonValue(const JsonNodes* data, std::uint32_t index) : data_(data), index_(index) {}
  [[nodiscard]] std::optional<JsonValue> findPresent(std::string_view name) const;
  const JsonNodes* data_;
  std::uint32_t index_;
};

class JsonValue::Iterator {
 public:
  using difference_type = std::ptrdiff_t;
  using value_type = JsonValue;

  Iterator() = default;
  JsonValue operator*() const { return {data_, index_}; }
  Iterator& operator++();
  Iterator operator++(int) {
    Iterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Iterator& other) const { return index_ == other.index_; }

 private:
  friend class JsonValue;
  Iterator(const JsonNodes* data, std::uint32_t index) : data_(data), index_(index) {}
  const JsonNodes* data_ = nullptr;
  std::uint32_t index_ = 0;
};

/// A parsed JSON text (RFC 8259).
class JsonDocument {
 public:
  /// Refuses, naming `file` and the byte offset: invalid JSON, invalid UTF-8, duplicate keys
  /// (escapes decoded), more depth, length or values than the limits, NaN and
  /// Infinity. `file` is the name that messages carry.
  static JsonDocument parse(std::string_view text, std::string file, const JsonLimits& limits = {});

  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  [[nodiscard]] JsonValue root() const;
  [[nodiscard]] const std::string& file() const;

 private:
  explicit JsonDocument(std::unique_ptr<JsonNodes> data);
  std::unique_ptr<JsonNodes> data_;
};

}  // namespace kvloupe
