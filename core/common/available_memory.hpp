// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace kvloupe {

/// Bytes that this process can still take without anything being swapped out or killed: what the
/// kernel calls available, and no more than the control group of a container or a batch job leaves.
/// Nothing where the system does not say. `root` is where proc and sys are.
[[nodiscard]] std::optional<std::int64_t> availableMemory(const std::filesystem::path& root = "/");

}  // namespace kvloupe
