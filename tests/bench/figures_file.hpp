// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace kvloupe {

[[nodiscard]] double median(std::vector<double> values);

/// The processor's name, from /proc/cpuinfo.
[[nodiscard]] std::string processorName();

/// Writes the figures as JSON, with processor and date; nothing for an empty path. Throws
/// std::runtime_error.
void writeFigures(const std::string& path, nlohmann::json figures);

}  // namespace kvloupe
