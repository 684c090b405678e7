// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "cli/json_output.hpp"

namespace kvloupe::cli {

// Parts that several documents share.

template <typename T>
[[nodiscard]] Json orNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// [low, high] or null.
[[nodiscard]] Json intervalJson(const std::optional<Interval>& interval);
[[nodiscard]] Json textJson(const TextInfo& text);
/// What a figure was measured on: protocol, context, stride, seed, text, calibration.
[[nodiscard]] Json settingJson(const EvaluationSetting& setting);

}  // namespace kvloupe::cli
