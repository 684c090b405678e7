// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QThread>
#include <QTimer>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>

#include "core_module/core_module.hpp"
#include "job.hpp"
#include "mailbox.hpp"

namespace kvloupe {

class ComputeWorker;

/// Runs jobs one after the other on one worker thread. Lives in the GUI thread and never waits
/// for the worker, but in its destructor.
///
/// Every job gets exactly one of `succeeded`, `failed` and `cancelled`, in the order in which jobs
/// end; `progressed` and the partial results come before it, at most 20 times a second, the latest
/// of each. After `cancel` a job says nothing more but its end, and the end tells what happened: a
/// job that was done before it noticed has succeeded.
class JobRunner : public QObject {
  Q_OBJECT

 public:
  explicit JobRunner(EngineSource source, QObject* parent = nullptr);

  /// Loads the core; until then jobs wait. Apart from the constructor, because the dynamic linker
  /// serves one thread at a time: a window that is drawn meanwhile waits for libtorch (measured:
  /// 625 ms instead of about 100).
  void start();

  ~JobRunner() override;

  /// Queues a job. Its signals never come before this function has returned.
  JobId submit(Job job);

  /// Queues a job that is also done in the midst of another, at the next progress that it makes:
  /// what takes hours is kept on the way.
  JobId submitBetween(SaveJob job);

  /// Does another job at the place of one that waits; false where that runs already, or has ended.
  [[nodiscard]] bool replaceWaiting(JobId id, Job job);

  /// Asks a job to stop. A waiting one ends when control returns to the event loop, the running
  /// one as soon as the core notices. Saving is never interrupted. Unknown ids are ignored.
  void cancel(JobId id);

  [[nodiscard]] bool idle() const { return !running_ && waiting_.empty(); }
  /// True once the core is loaded, or has failed to.
  [[nodiscard]] bool coreReady() const { return coreReady_; }

 signals:
  void progressed(kvloupe::JobId id, const kvloupe::Progress& progress);
  void analysisGrew(kvloupe::JobId id, kvloupe::AnalysisPtr partial);
  void evaluationGrew(kvloupe::JobId id, kvloupe::EvaluationPtr partial);
  void sweepGrew(kvloupe::JobId id, kvloupe::SweepPtr partial);
  void sensitivityGrew(kvloupe::JobId id, kvloupe::SensitivityPtr partial);
  void allocationGrew(kvloupe::JobId id, kvloupe::AllocationPtr partial);
  void succeeded(kvloupe::JobId id, const kvloupe::JobResult& result);
  void failed(kvloupe::JobId id, const kvloupe::JobError& error);
  void cancelled(kvloupe::JobId id);

 private:
  struct Entry {
    JobId id = 0;
    Job job;
    std::stop_source stop;
    bool cancelRequested = false;
    bool between = false;  // the worker may take it before its turn
  };

  void dispatch();
  void scheduleDispatch();
  void receiveNews();
  void deliverNews();
  void finish(JobId id, const JobEnd& end);

  std::shared_ptr<Mailbox> mailbox_;
  QThread thread_;
  ComputeWorker* worker_ = nullptr;  // owned by the thread: deleted when it ends
  std::deque<Entry> waiting_;
  std::optional<Entry> running_;
  JobId lastId_ = 0;
  bool started_ = false;
  bool coreReady_ = false;
  bool dispatchScheduled_ = false;
  QTimer newsTimer_;  // single shot: holds news back while the last are younger than 50 ms
  std::chrono::steady_clock::time_point lastNews_;
};

}  // namespace kvloupe
