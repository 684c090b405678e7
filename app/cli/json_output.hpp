// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/setting_json.hpp"
#include "types/analysis.hpp"
#include "types/evaluation.hpp"
#include "types/model_info.hpp"

namespace kvloupe::cli {

// Schemas: resources/schema, explained in resources/manual/command-line.md. Keys are added, never
// renamed. An undefined figure is null.
[[nodiscard]] Json toJson(const ModelInfo& model);
[[nodiscard]] Json toJson(const Analysis& analysis, const ModelInfo& model);
/// `perToken` adds the arrays `nll` and `baseline_nll`.
[[nodiscard]] Json toJson(const Evaluation& evaluation, const ModelInfo& model, bool perToken);

/// Prints one document to stdout; names that are not UTF-8 are shown with U+FFFD.
void print(const Json& document);

}  // namespace kvloupe::cli
