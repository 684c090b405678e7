// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "cli/json_output.hpp"
#include "types/evaluation.hpp"

namespace kvloupe::cli {

/// plan.json (resources/schema/plan-file.schema.json): the SPECs, what they were fitted on, what
/// they cost and save, and the flags that make llama.cpp do the same where it can.
[[nodiscard]] Json planJson(const Evaluation& plan, const ModelInfo& model);

/// Throws Error where a plan cannot be written as `path`, before anything was measured for it.
void checkPlanPath(const std::string& path);

/// Writes the file whole or not at all. Throws Error Io.
void writePlanFile(const Json& document, const std::string& path);

/// The SPECs of a plan.json. Throws Error Malformed, naming the key, or Io.
[[nodiscard]] std::vector<std::string> readPlanFile(const std::string& path);

}  // namespace kvloupe::cli
