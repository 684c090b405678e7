// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/recovery.hpp"

#include <algorithm>
#include <utility>

#include "jobs/job_runner.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {
namespace {

constexpr int kBetweenMs = 10000;  // writing takes the worker's time
constexpr qint64 kQuickMs = 500;   // to write; a file that takes longer is written less often

}  // namespace

Recovery::Recovery(Workspace* workspace, JobRunner* runner, RecoveryFolder* folder, QObject* parent)
    : QObject(parent),
      workspace_(workspace),
      runner_(runner),
      folder_(folder),
      betweenMs_(kBetweenMs) {
  due_.setSingleShot(true);
  connect(&due_, &QTimer::timeout, this, &Recovery::consider);
  // It comes before the next measurement is asked for, which may take hours.
  connect(workspace_, &Workspace::documentChanged, this, &Recovery::consider);
  connect(workspace_, &Workspace::runSaved, this, [this] {
    if (!workspace_->worthSaving()) folder_->clear();
  });
  connect(workspace_, &Workspace::runRecovered, this, [this](const QString& path) {
    folder_->setOpen(path);
    consider();
  });
  connect(workspace_, &Workspace::runNotRecovered, this, [this](const QString& path) {
    folder_->giveBack(path);
    emit offersChanged();
  });
  connect(runner_, &JobRunner::succeeded, this, [this](JobId id) {
    if (id != keeping_) return;
    // Only what is part of this file; another may have been taken over meanwhile.
    if (!keepsOpen_.isEmpty() && keepsOpen_ == folder_->open()) folder_->discardTakenOver();
    if (workspace_->worthSaving())
      emit kept(folder_->path());
    else
      folder_->clear();  // saved meanwhile
    finishKeeping();
  });
  connect(runner_, &JobRunner::failed, this, [this](JobId id) {
    // A full disk is told where a person saves; here the last file still stands.
    if (id == keeping_) finishKeeping();
  });
}

void Recovery::setInterval(int betweenMs) { betweenMs_ = betweenMs; }

void Recovery::consider() {
  due_.stop();
  if (!workspace_->worthSaving()) return;
  const qint64 pause = betweenMs_ * std::max<qint64>(kQuickMs, tookMs_) / kQuickMs;
  const qint64 wait = last_.isValid() ? pause - last_.elapsed() : 0;
  if (keeping_ == 0 && wait > 0) {
    due_.start(static_cast<int>(wait));
    return;
  }
  if (!folder_->claim()) return;
  SaveJob job = keepingJob();
  if (keeping_ == 0)
    keeping_ = runner_->submitBetween(std::move(job));
  else if (!runner_->replaceWaiting(keeping_, std::move(job))) {
    outdated_ = true;
    return;
  }
  keepsOpen_ = folder_->open();
}

SaveJob Recovery::keepingJob() {
  SaveJob job = workspace_->saveJob(folder_->path());
  writing_ = std::make_shared<QElapsedTimer>();
  job.assemble = [assemble = std::move(job.assemble), writing = writing_] {
    writing->start();
    return assemble();
  };
  return job;
}

void Recovery::finishKeeping() {
  tookMs_ = writing_->isValid() ? writing_->elapsed() : 0;
  keeping_ = 0;
  last_.start();
  if (std::exchange(outdated_, false)) consider();
}

void Recovery::recover(const KeptRun& kept) {
  if (folder_->takeOver(kept)) workspace_->recoverRun(kept.path);
  emit offersChanged();
}

void Recovery::discard(const KeptRun& kept) {
  folder_->discard(kept);
  emit offersChanged();
}

}  // namespace kvloupe
