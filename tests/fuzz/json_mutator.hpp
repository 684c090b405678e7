// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <random>
#include <string>

namespace kvloupe::fuzz {

/// Changes one value of a JSON text: into a number, word or structure that readers stumble over, or
/// into another value of the same text. What it makes of well-formed JSON is well-formed.
void mutateJson(std::string& json, std::mt19937& random);

}  // namespace kvloupe::fuzz
