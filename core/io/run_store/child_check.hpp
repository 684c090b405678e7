// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "common/error.hpp"

namespace kvloupe {

/// Has `kvloupe-h5check` read the file. Returns at once where that program is not installed; throws
/// the Error that it reports, or Malformed where the file killed it or took too long.
void checkInChild(const std::string& path,
                  std::chrono::milliseconds patience = std::chrono::seconds(30));

/// What the program writes to its standard output: nothing but "ok", or the parts of an Error.
std::string encodeVerdict(const std::optional<Error>& error);

}  // namespace kvloupe
