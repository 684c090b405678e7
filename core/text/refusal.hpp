// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "common/error.hpp"
#include "io/json.hpp"

namespace kvloupe {

/// Refuses a value of a tokenizer file, naming its file, path and what it holds.
[[noreturn]] inline void refuseValue(ErrorCode code, const std::string& file,
                                     const JsonValue& value, std::string message,
                                     std::string expected) {
  throw Error(code, {.message = std::move(message),
                     .file = file,
                     .place = value.path(),
                     .expected = std::move(expected),
                     .found = value.describe(),
                     .advice = {}});
}

/// Refuses a component whose "type" this program does not know.
[[noreturn]] inline void refuseType(const std::string& file, const JsonValue& component,
                                    std::string_view kind, std::string known) {
  refuseValue(ErrorCode::Unsupported, file, component.at("type"),
              "a " + std::string(kind) + " of a type that is not supported", std::move(known));
}

}  // namespace kvloupe
