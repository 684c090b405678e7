// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
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
  AllocationPtr allocation;
};

/// Between the worker, which writes, and the GUI thread, which reads; and the other way round, what
/// the worker is to save in between.
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

  /// Asks the worker to save while it does something else, in place of what was asked for under the
  /// same id.
  void offer(JobId id, SaveJob job) {
    const std::lock_guard lock(mutex_);
    between_.insert_or_assign(id, std::move(job));
  }

  /// Takes an offer back; false where the worker has taken it.
  bool withdraw(JobId id) {
    const std::lock_guard lock(mutex_);
    return between_.erase(id) > 0;
  }

  /// The oldest offer, if any.
  std::optional<std::pair<JobId, SaveJob>> takeOffer() {
    const std::lock_guard lock(mutex_);
    if (between_.empty()) return std::nullopt;
    auto taken = between_.extract(between_.begin());
    return std::pair(taken.key(), std::move(taken.mapped()));
  }

 private:
  std::mutex mutex_;
  JobNews news_;
  std::map<JobId, SaveJob> between_;
  bool announced_ = false;
};

}  // namespace kvloupe
