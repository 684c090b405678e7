// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "types/run.hpp"

namespace kvloupe::cli {

inline constexpr std::array<const char*, 7> kExports = {
    "layers", "dimensions", "spectrum", "perplexity", "tokens", "sensitivity", "sweep"};

/// One table of a run as CSV (RFC 4180, a header line, figures with all their digits; an undefined
/// one is empty). `what` is one of kExports. Throws Error InvalidArgument for another word,
/// NotFound naming `file` where the run holds no such thing.
[[nodiscard]] std::string csvOf(const ModelRun& run, const std::string& what,
                                const std::string& file);

/// Whether a file that begins so is one of those tables: by its first column.
[[nodiscard]] bool beginsAsTable(std::string_view start);

}  // namespace kvloupe::cli
