// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/recovery.hpp"

#include <algorithm>
#include <utility>

#include "jobs/job_runner.hpp"
#include "workspace/workspace.hpp"

namespace kvloupe {
namespace {

constexpr int kAfterMs = 3000;
constexpr int kBetweenMs = 30000;  // writing takes the worker's time

}  // namespace

Recovery::Recovery(Workspace* workspace, JobRunner* runner, RecoveryFolder* folder, QObject* parent)
    : QObject(parent),
      workspace_(workspace),
      runner_(runner),
      folder_(folder),
      afterMs_(kAfterMs),
      betweenMs_(kBetweenMs) {
  soon_.setSingleShot(true);
  connect(&soon_, &QTimer::timeout, this, &Recovery::keep);
  connect(workspace_, &Workspace::documentChanged, this, &Recovery::consider);
  connect(workspace_, &Workspace::runSaved, this, [this] {
    if (!workspace_->worthSaving()) folder_->clear();
  });
  connect(workspace_, &Workspace::runRecovered, this, &Recovery::consider);
  connect(workspace_, &Workspace::failed, this, [this](const Failure& failure) {
    if (failure.what != Failure::What::RunNotOpened) return;
    folder_->giveBack();
    emit offersChanged();
  });
  connect(runner_, &JobRunner::succeeded, this, [this](JobId id) {
    if (id != keeping_) return;
    keeping_ = 0;
    if (!workspace_->worthSaving()) return folder_->clear();  // saved meanwhile
    folder_->discardTakenOver();  // this program's own file holds it now
    emit kept(folder_->path());
  });
  connect(runner_, &JobRunner::failed, this, [this](JobId id) {
    // A full disk is told where a person saves; here the last file still stands.
    if (id == keeping_) keeping_ = 0;
  });
}

void Recovery::setIntervals(int afterMs, int betweenMs) {
  afterMs_ = afterMs;
  betweenMs_ = betweenMs;
}

void Recovery::consider() {
  if (!workspace_->worthSaving()) {
    soon_.stop();
    return;
  }
  if (!soon_.isActive()) soon_.start(afterMs_);
}

void Recovery::keep() {
  if (!workspace_->worthSaving()) return;
  const qint64 wait = last_.isValid() ? betweenMs_ - last_.elapsed() : 0;
  if (keeping_ != 0 || wait > 0) {
    soon_.start(static_cast<int>(std::max<qint64>(wait, afterMs_)));
    return;
  }
  if (!folder_->claim()) return;
  last_.start();
  keeping_ = runner_->submit(workspace_->saveJob(folder_->path()));
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
