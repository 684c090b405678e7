// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>

#include "common/progress.hpp"

namespace kvloupe::cli {

/// One line on a terminal's stderr that rewrites itself: stage, share done, rate, time left. Where
/// stderr is no terminal it stays silent.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const Progress& progress);

 private:
  using Clock = std::chrono::steady_clock;

  void clear();

  bool terminal_;
  bool drawn_ = false;
  std::string stage_;
  Clock::time_point stageBegan_, shown_;
};

}  // namespace kvloupe::cli
