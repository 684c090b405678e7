// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QLockFile>
#include <QString>
#include <memory>
#include <optional>

namespace kvloupe {

/// A run that a program kept and did not live to save.
struct KeptRun {
  QString path;
  QDateTime kept;
};

/// The folder in which programs that run keep what is not saved: a file for each, beside it a lock
/// that says it is alive. Destroyed last, after the worker that writes the file: a program that
/// comes so far ended as it should, and its file goes.
class RecoveryFolder {
 public:
  /// In the state folder of this person's programs: $XDG_STATE_HOME/kvloupe.
  [[nodiscard]] static QString usual();

  explicit RecoveryFolder(const QString& folder);
  RecoveryFolder(const RecoveryFolder&) = delete;
  RecoveryFolder& operator=(const RecoveryFolder&) = delete;
  ~RecoveryFolder();

  /// This program's file; it stands only while there is something to keep.
  [[nodiscard]] const QString& path() const { return path_; }
  /// Makes the folder, private to the person, and takes the lock; false where that cannot be.
  [[nodiscard]] bool claim();
  /// Removes this program's file, and what was taken over if it is open here.
  void clear();

  /// The newest run that a program left behind, unless one that runs has it. Removes half files
  /// that nobody writes any more.
  [[nodiscard]] std::optional<KeptRun> leftBehind();
  /// From now on no other program is offered it; false where another was quicker.
  [[nodiscard]] bool takeOver(const KeptRun& kept);
  /// What was taken over is open in this program: `clear` removes it from now on.
  void setOpen(const QString& path);
  /// What was taken over and is open; empty where nothing was, or it is not open yet.
  [[nodiscard]] QString open() const { return open_ ? takenOver_ : QString(); }
  /// What was taken over and could not be opened stays for the next start.
  void giveBack(const QString& path);
  /// What was left behind is not needed any more.
  void discard(const KeptRun& kept);
  /// What was taken over is not needed any more: this program's own file holds it.
  void discardTakenOver();

 private:
  void releaseTakenOver();
  [[nodiscard]] static std::unique_ptr<QLockFile> lockOf(const QString& path);

  QString folder_;
  QString path_;
  std::unique_ptr<QLockFile> lock_;
  QString takenOver_;
  bool open_ = false;
  std::unique_ptr<QLockFile> takenLock_;
};

}  // namespace kvloupe
