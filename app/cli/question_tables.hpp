// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/allocation.hpp"
#include "types/model_info.hpp"
#include "types/run.hpp"
#include "types/sensitivity.hpp"
#include "types/sweep.hpp"

namespace kvloupe::cli {

// What a person reads on a terminal.
void printTable(const Sweep& sweep, const ModelInfo& model);
void printTable(const Sensitivity& sensitivity, const ModelInfo& model);
void printTable(const Allocation& allocation, const ModelInfo& model);

}  // namespace kvloupe::cli
