// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "io/json.hpp"

namespace kvloupe {

/// Names that a field goes by; the first is the one that messages carry.
using FieldNames = std::initializer_list<std::string_view>;

/// Fields of a config.json's object with the ranges they must lie in. Null counts as absent.
class ConfigFields {
 public:
  ConfigFields(const JsonValue& object, std::string file)
      : object_(object.asObject()), file_(std::move(file)) {}

  [[nodiscard]] const JsonValue& json() const { return object_; }
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] bool has(std::string_view name) const { return object_.find(name).has_value(); }

  /// 1 .. 2^31-1.
  [[nodiscard]] int size(FieldNames names) const;
  [[nodiscard]] std::optional<int> optionalSize(FieldNames names) const;
  [[nodiscard]] int size(FieldNames names, int most) const;
  /// 0 .. 2^31-1.
  [[nodiscard]] std::optional<int> optionalCount(FieldNames names) const;
  /// Greater than 0 and finite.
  [[nodiscard]] double positive(FieldNames names) const;
  [[nodiscard]] std::optional<double> optionalPositive(FieldNames names) const;
  [[nodiscard]] std::optional<double> optionalDouble(FieldNames names) const;
  [[nodiscard]] bool flag(std::string_view name, bool otherwise) const;
  [[nodiscard]] std::optional<std::string> optionalText(FieldNames names) const;
  /// The path of a field of this object: "rope_parameters.factor".
  [[nodiscard]] std::string place(std::string_view name) const;

  /// Throws Error(Malformed) at a field of this object.
  [[noreturn]] void refuse(std::string_view name, std::string message, std::string found,
                           std::string expected) const;
  /// Throws Error(Unsupported): well-formed, but nothing that is known here.
  [[noreturn]] void unsupported(std::string_view name, std::string message, std::string found,
                                std::string expected) const;

 private:
  [[nodiscard]] std::optional<JsonValue> present(FieldNames names) const;
  [[nodiscard]] JsonValue required(FieldNames names) const;

  JsonValue object_;
  std::string file_;
};

}  // namespace kvloupe
