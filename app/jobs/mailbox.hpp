// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "job.hpp"

namespace kvloupe {

/// What a running job has said and nobody has read yet. The latest of each kind wins, so that a
/// slow window never falls behind a fast worker.
struct JobNews {
  JobId id = 0;
  std::optional<Progress> progress;
  AnalysisPtr analysis;
  EvaluationPtr evaluation;
  SweepPtr sweep;
  SensitivityPtr sensitivity;
};

/// Between the worker, which writes, and the GUI thread, which reads.
class Mailbox {
 public:
  /// Changes the unread news of job `id`. Returns true where the reader has to be told: the box
  /// was empty before.
  template <class Change>
  bool put(JobId id, Change change) {
    const std::lock_guard lock(mutex_);
    if (news_.id != id) {
      news_ = {};
      news_.id = id;
    }
    change(news_);
    return !std::exchange(announced_, true);
  }

  JobNews take() {
    const std::lock_guard lock(mutex_);
    announced_ = false;
    return std::exchange(news_, JobNews{});
  }

 private:
  std::mutex mutex_;
  JobNews news_;
  bool announced_ = false;
};

}  // namespace kvloupe
