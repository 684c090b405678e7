// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/config/config_fields.hpp"

#include <limits>
#include <utility>

#include "common/error.hpp"

namespace kvloupe {
namespace {

constexpr int kMost = std::numeric_limits<int>::max();

double checkedPositive(const JsonValue& value) {
  const double number = value.asDouble();  // JSON has no infinity and no NaN
  if (number <= 0.0) value.refuse("out of range", "a number above 0");
  return number;
}

}  // namespace

std::optional<JsonValue> ConfigFields::present(FieldNames names) const {
  for (const std::string_view name : names)
    if (const auto value = object_.find(name); value && !value->isNull()) return value;
  return std::nullopt;
}

JsonValue ConfigFields::required(FieldNames names) const {
  if (const auto value = present(names)) return *value;
  return object_.at(*names.begin());  // refuses it as missing, or null as of the wrong type
}

int ConfigFields::size(FieldNames names) const { return size(names, kMost); }

int ConfigFields::size(FieldNames names, int most) const {
  return static_cast<int>(required(names).asInt(1, most));
}

std::optional<int> ConfigFields::optionalSize(FieldNames names) const {
  const auto value = present(names);
  return value ? std::optional(static_cast<int>(value->asInt(1, kMost))) : std::nullopt;
}

std::optional<int> ConfigFields::optionalCount(FieldNames names) const {
  const auto value = present(names);
  return value ? std::optional(static_cast<int>(value->asInt(0, kMost))) : std::nullopt;
}

double ConfigFields::positive(FieldNames names) const { return checkedPositive(required(names)); }

std::optional<double> ConfigFields::optionalPositive(FieldNames names) const {
  const auto value = present(names);
  return value ? std::optional(checkedPositive(*value)) : std::nullopt;
}

std::optional<double> ConfigFields::optionalDouble(FieldNames names) const {
  const auto value = present(names);
  return value ? std::optional(value->asDouble()) : std::nullopt;
}

bool ConfigFields::flag(std::string_view name, bool otherwise) const {
  return object_.optionalBool(name).value_or(otherwise);
}

std::optional<std::string> ConfigFields::optionalText(FieldNames names) const {
  const auto value = present(names);
  return value ? std::optional(std::string(value->asString())) : std::nullopt;
}

std::string ConfigFields::place(std::string_view name) const {
  const std::string path = object_.path();
  return path.empty() ? std::string(name) : path + '.' + std::string(name);
}

void ConfigFields::refuse(std::string_view name, std::string message, std::string found,
                          std::string expected) const {
  throw Error(ErrorCode::Malformed, {.message = std::move(message),
                                     .file = file_,
                                     .place = place(name),
                                     .expected = std::move(expected),
                                     .found = std::move(found),
                                     .advice = {}});
}

void ConfigFields::unsupported(std::string_view name, std::string message, std::string found,
                               std::string expected) const {
  throw Error(ErrorCode::Unsupported, {.message = std::move(message),
                                       .file = file_,
                                       .place = place(name),
                                       .expected = std::move(expected),
                                       .found = std::move(found),
                                       .advice = {}});
}

}  // namespace kvloupe
