// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "types/evaluation.hpp"
#include "types/model_info.hpp"

namespace kvloupe {

using Json = nlohmann::ordered_json;

// Parts that the plan file and the documents of the command line share.

template <typename T>
[[nodiscard]] Json orNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// [low, high] or null.
[[nodiscard]] Json intervalJson(const std::optional<Interval>& interval);
[[nodiscard]] Json textJson(const TextInfo& text);
/// What a figure was measured on: protocol, context, stride, seed, text, calibration.
[[nodiscard]] Json settingJson(const EvaluationSetting& setting);
/// What makes a figure again: program version, command line, weights' hashes, device, dtype.
[[nodiscard]] Json provenanceJson(const ModelInfo& model, const std::string& command);

}  // namespace kvloupe
