// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <array>
#include <memory>
#include <stop_token>

#include "core_module/core_module.hpp"
#include "job.hpp"
#include "mailbox.hpp"

namespace kvloupe {

/// Lives on the worker thread and alone touches tensors and HDF5 files.
class ComputeWorker : public QObject {
  Q_OBJECT

 public:
  ComputeWorker(EngineSource source, std::shared_ptr<Mailbox> mailbox);

  /// Loads the core. A failure is kept and answers every job.
  void start();

  /// Runs one job to its end and emits `ended` exactly once, whatever it throws.
  void run(JobId id, const Job& job, const std::stop_token& stop);

 signals:
  void started();
  void newsArrived();
  void ended(kvloupe::JobId id, const kvloupe::JobEnd& end);

 private:
  JobResult perform(JobId id, const OpenJob& job, const std::stop_token& stop);
  JobResult perform(JobId id, const CloseJob& job, const std::stop_token& stop);
  JobResult perform(JobId id, const AnalyseJob& job, const std::stop_token& stop);
  JobResult perform(JobId id, const EvaluateJob& job, const std::stop_token& stop);
  JobResult perform(JobId id, const SweepJob& job, const std::stop_token& stop);
  JobResult perform(JobId id, const SensitivityJob& job, const std::stop_token& stop);
  JobResult perform(JobId id, const AllocateJob& job, const std::stop_token& stop);
  JobResult perform(JobId id, const ExportPlanJob& job, const std::stop_token& stop);
  JobResult perform(JobId id, const ImportPlanJob& job, const std::stop_token& stop);
  JobResult perform(JobId id, const LookJob& job, const std::stop_token& stop);
  JobResult perform(JobId id, const HashJob& job, const std::stop_token& stop);
  JobResult perform(JobId id, const SaveJob& job, const std::stop_token& stop);
  JobResult perform(JobId id, const LoadJob& job, const std::stop_token& stop);

  /// Tells how far job `id` is, and saves what is to be saved in between: whatever runs is at rest.
  ProgressFn progressOf(JobId id);
  void saveBetween();
  Session& session(Slot slot);

  template <class Change>
  void post(JobId id, Change change) {
    if (mailbox_->put(id, change)) emit newsArrived();
  }

  EngineSource source_;
  std::shared_ptr<Mailbox> mailbox_;
  std::unique_ptr<Engine> engine_;
  std::optional<JobError> loadFailure_;
  std::array<std::unique_ptr<Session>, 2> sessions_;  // destroyed before the engine
};

}  // namespace kvloupe
