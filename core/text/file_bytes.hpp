// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace kvloupe {

/// All bytes of a regular file. Throws Error: NotFound if it is missing, Malformed for a
/// folder or another special file, Unsupported above `maxBytes`, Io if the system refuses.
std::string readFileBytes(const std::filesystem::path& file, std::uint64_t maxBytes);

}  // namespace kvloupe
