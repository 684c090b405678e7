// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <stop_token>
#include <string>

namespace kvloupe {

/// How far a job is. Reported by the core as often as it likes; whoever shows it thins it out.
struct Progress {
  std::string stage;       // "Analysing", "Measuring V rank 24"
  std::int64_t done = 0;   // in `unit`
  std::int64_t total = 0;  // 0 while unknown
  std::string unit;        // "tokens", "bytes"
};

using ProgressFn = std::function<void(const Progress&)>;

/// Thrown where a stop was requested: the end of a job that its owner asked for, not an error.
class Cancelled : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "cancelled"; }
};

inline void throwIfStopped(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Cancelled();
}

}  // namespace kvloupe
