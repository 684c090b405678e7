// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "types/evaluation.hpp"
#include "types/fitted_plan.hpp"
#include "types/model_info.hpp"

namespace kvloupe {

/// Throws Error where a plan cannot be written as `path`, before anything was measured for it:
/// NotFound or Io, or Malformed where a file that is no plan, such as a model's own weights, has
/// the name of plan.json or of the tensors beside it.
void checkPlanPath(const std::string& path);

/// Writes a plan for use elsewhere, each file whole or not at all (resources/manual/plan-files.md):
/// the tensors beside `path` as *.safetensors, then at `path` plan.json
/// (resources/schema/plan-file.schema.json): SPECs, chains, what was measured, and the flags that
/// make llama.cpp do the same where it can. Throws Error Internal while a hash of the weights is
/// pending, NoSpace, or as checkPlanPath.
void exportPlan(const FittedPlan& plan, const ModelInfo& model, const std::string& command,
                const std::string& path);

/// Where what was measured stands while the plan at `path` is interrupted: plan.partial.kvl.h5, a
/// run, beside plan.json.
[[nodiscard]] std::string interruptedRunPath(const std::string& path);

/// Writes at `path` that the plan is not found yet, and where what was measured for it stands.
/// Throws as exportPlan, which later takes its place and removes that run.
void exportInterruptedPlan(const ModelInfo& model, const std::string& command,
                           const std::string& path);

/// The SPECs of a plan.json. Throws Error Unsupported where it was interrupted, Malformed, naming
/// the key, or Io.
[[nodiscard]] std::vector<std::string> readPlanFile(const std::string& path);

/// The model that a plan.json was measured on: its name and weight files alone. Throws as
/// readPlanFile.
[[nodiscard]] ModelInfo planModel(const std::string& path);

}  // namespace kvloupe
