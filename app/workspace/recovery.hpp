// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <memory>

#include "jobs/job.hpp"
#include "workspace/recovery_folder.hpp"

namespace kvloupe {

class JobRunner;
class Workspace;

/// Keeps what is measured and not saved in this program's file of the recovery folder. The worker
/// writes it after a measurement, before the next one, and in the midst of a long one, not more
/// often than once in a while; the file goes when the run is saved.
class Recovery : public QObject {
  Q_OBJECT

 public:
  Recovery(Workspace* workspace, JobRunner* runner, RecoveryFolder* folder,
           QObject* parent = nullptr);

  /// What a program that was killed left behind, if anything.
  [[nodiscard]] std::optional<KeptRun> offered() { return folder_->leftBehind(); }
  /// Opens it in place of everything, unsaved as it was.
  void recover(const KeptRun& kept);
  void discard(const KeptRun& kept);

  /// Milliseconds from one time to the next; more where writing takes long.
  void setInterval(int betweenMs);

 signals:
  /// The file holds all that is unsaved.
  void kept(const QString& path);
  /// Something else is offered now, or nothing.
  void offersChanged();

 private:
  void consider();
  void finishKeeping();
  [[nodiscard]] SaveJob keepingJob();

  Workspace* workspace_;
  JobRunner* runner_;
  RecoveryFolder* folder_;
  QTimer due_;
  QElapsedTimer last_;                      // since it was kept
  std::shared_ptr<QElapsedTimer> writing_;  // since the worker began to write
  qint64 tookMs_ = 0;                       // to write it
  int betweenMs_;
  JobId keeping_ = 0;
  QString keepsOpen_;      // what was taken over and is part of what is being kept
  bool outdated_ = false;  // something changed while it was written
};

}  // namespace kvloupe
