// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>

#include "types/run.hpp"

namespace kvloupe::test {

/// All of a run, floating-point numbers as the hexadecimal digits of their bits: equal texts mean
/// equal runs, NaN included.
nlohmann::ordered_json toJson(const Run& run);

}  // namespace kvloupe::test
