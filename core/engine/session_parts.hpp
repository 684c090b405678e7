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

/// What a measurement rests on, in words that differ where it does; texts are told by their hash.
inline std::string describe(const EvaluationSetting& s, std::int64_t tokens, int windows) {
  return fmt::format("{}, context {}{}, {} tokens in {} windows of the text {:.12}{}", s.protocol,
                     s.context, s.stride > 0 ? fmt::format(", stride {}", s.stride) : "", tokens,
                     windows, s.text.sha256,
                     s.calibration ? fmt::format(", fitted on {} tokens of the text {:.12}",
                                                 s.calibrationTokens, s.calibration->sha256)
                                   : "");
}

/// Throws Error Mismatch where what shall be gone on with answers another question.
inline void requireSameQuestion(std::string what, std::string expected, std::string found) {
  if (expected == found) return;
  throw Error(ErrorCode::Mismatch,
              {.message = "what was measured before answers another question",
               .file = {},
               .place = std::move(what),
               .expected = std::move(expected),
               .found = std::move(found),
               .advice = "Name another file, or leave --resume out to measure anew"});
}

/// Whether it does; throws Error Mismatch where it does not though it `must`.
inline bool sameQuestion(bool must, std::string what, std::string expected, std::string found) {
  const bool same = expected == found;
  if (must) requireSameQuestion(std::move(what), std::move(expected), std::move(found));
  return same;
}

}  // namespace kvloupe
