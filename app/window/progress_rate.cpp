// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/progress_rate.hpp"

namespace kvloupe {

void ProgressRate::report(JobId job, const Progress& progress, Clock::time_point now) {
  if (job != job_ || progress.stage != stage_ || progress.done < done_) {
    job_ = job;
    stage_ = progress.stage;
    firstDone_ = progress.done;
    first_ = now;
  }
  done_ = progress.done;
  total_ = progress.total;
  last_ = now;
}

std::optional<double> ProgressRate::perSecond() const {
  const double seconds = std::chrono::duration<double>(last_ - first_).count();
  if (seconds < 0.5 || done_ <= firstDone_) return std::nullopt;
  return static_cast<double>(done_ - firstDone_) / seconds;
}

std::optional<double> ProgressRate::secondsLeft() const {
  const auto rate = perSecond();
  if (!rate || total_ <= 0) return std::nullopt;
  return static_cast<double>(total_ - done_) / *rate;
}

}  // namespace kvloupe
