// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/recovery.hpp"

#include <utility>

#include "jobs/job_runner.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {
namespace {

constexpr int kBetweenMs = 30000;  // writing takes the worker's time

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
  const qint64 wait = last_.isValid() ? betweenMs_ - last_.elapsed() : 0;
  if (keeping_ == 0 && wait > 0) {
    due_.start(static_cast<int>(wait));
    return;
  }
  if (!folder_->claim()) return;
  Job job = workspace_->saveJob(folder_->path());
  if (keeping_ == 0)
    keeping_ = runner_->submit(std::move(job));
  else if (!runner_->replaceWaiting(keeping_, std::move(job))) {
    outdated_ = true;
    return;
  }
  keepsOpen_ = folder_->open();
}

void Recovery::finishKeeping() {
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
