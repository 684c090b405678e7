// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/analysis.hpp"
#include "types/evaluation.hpp"
#include "types/model_info.hpp"

namespace kvloupe::cli {

// What a person reads on a terminal.
void printTable(const ModelInfo& model);
void printTable(const Analysis& analysis, const ModelInfo& model);
void printTable(const Evaluation& evaluation, const ModelInfo& model);

}  // namespace kvloupe::cli
