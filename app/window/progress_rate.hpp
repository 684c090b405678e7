// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "common/progress.hpp"
#include "jobs/job.hpp"

namespace kvloupe {

/// Rate and time left of the running job, from the reports it makes. What was done before its
/// first report (a job that goes on where it was) counts for neither.
class ProgressRate {
 public:
  using Clock = std::chrono::steady_clock;

  void report(JobId job, const Progress& progress, Clock::time_point now);

  /// Units a second; absent until half a second of reports.
  [[nodiscard]] std::optional<double> perSecond() const;
  [[nodiscard]] std::optional<double> secondsLeft() const;

 private:
  JobId job_ = 0;
  std::string stage_;
  std::int64_t firstDone_ = 0, done_ = 0, total_ = 0;
  Clock::time_point first_, last_;
};

}  // namespace kvloupe
