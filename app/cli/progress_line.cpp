// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/progress_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "types/format.hpp"

namespace kvloupe::cli {

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::clear() {
  if (drawn_) fmt::print(stderr, "\r\033[K");
  drawn_ = false;
}

void ProgressLine::show(const Progress& progress) {
  if (!terminal_) return;
  const Clock::time_point now = Clock::now();
  if (progress.stage != stage_) {
    stage_ = progress.stage;
    stageBegan_ = now;
  } else if (now - shown_ < std::chrono::milliseconds(100)) {
    return;
  }
  shown_ = now;
  std::string line = fmt::format("\r\033[K{}", progress.stage);
  if (progress.total > 0) {
    line += fmt::format("  {:3d} %  {} of {} {}", 100 * progress.done / progress.total,
                        formatCount(progress.done), formatCount(progress.total), progress.unit);
    const double seconds = std::chrono::duration<double>(now - stageBegan_).count();
    if (seconds > 0.2 && progress.done > 0) {
      const double rate = double(progress.done) / seconds;
      line += fmt::format("  {} {}/s  {} left", formatCount(std::int64_t(rate)), progress.unit,
                          formatDuration(double(progress.total - progress.done) / rate));
    }
  }
  fmt::print(stderr, "{}", line);
  std::fflush(stderr);
  drawn_ = true;
}

}  // namespace kvloupe::cli
