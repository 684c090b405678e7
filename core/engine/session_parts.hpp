// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "common/error.hpp"
#include "common/progress.hpp"
#include "types/evaluation.hpp"
#include "types/shard.hpp"

namespace kvloupe {

// What the parts of a session share.

inline constexpr int kDefaultContext = 2048;
inline constexpr int kLlamaCppContext = 512;
inline constexpr auto kReportEvery = std::chrono::milliseconds(50);

inline void report(const ProgressFn& progress, std::string stage, std::int64_t done,
                   std::int64_t total) {
  if (progress) progress({std::move(stage), done, total, "tokens"});
}

[[noreturn]] inline void refuseOption(std::string message, std::string option, std::string found,
                                      std::string expected) {
  throw Error(ErrorCode::InvalidArgument, {.message = std::move(message),
                                           .file = {},
                                           .place = std::move(option),
                                           .expected = std::move(expected),
                                           .found = std::move(found),
                                           .advice = {}});
}

/// Refuses a shard that no window belongs to.
inline void checkShard(const Shard& shard, std::int64_t windows) {
  if (shard.windowsOf(windows) == 0)
    refuseOption("no window belongs to this part", "--shard",
                 fmt::format("{}/{}", shard.index, shard.count),
                 fmt::format("at most {} parts: the text has that many windows", windows));
}

}  // namespace kvloupe
