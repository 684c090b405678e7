// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "types/run.hpp"

namespace kvloupe::test {

/// A run in which every field has a value of its own: Unicode, NaN and infinities, absent figures,
/// layers of different widths, layers still missing, a second model. `tokens` is the length of the
/// per-token figures.
Run sampleRun(unsigned seed = 1, std::size_t tokens = 300);

/// All of a run, floating-point numbers as the hexadecimal digits of their bits: equal texts mean
/// equal runs, NaN included.
nlohmann::ordered_json toJson(const Run& run);

}  // namespace kvloupe::test
