// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/recovery_folder.hpp"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QUuid>

namespace kvloupe {

QString RecoveryFolder::usual() {
  QString state = qEnvironmentVariable("XDG_STATE_HOME");
  if (!QDir::isAbsolutePath(state)) state = QDir::homePath() + QStringLiteral("/.local/state");
  return state + QStringLiteral("/kvloupe");
}

RecoveryFolder::RecoveryFolder(const QString& folder)
    : folder_(folder),
      path_(folder + '/' + QUuid::createUuid().toString(QUuid::WithoutBraces) +
            QStringLiteral(".kvl.h5")) {}

RecoveryFolder::~RecoveryFolder() { clear(); }

std::unique_ptr<QLockFile> RecoveryFolder::lockOf(const QString& path) {
  auto lock = std::make_unique<QLockFile>(path + QStringLiteral(".lock"));
  lock->setStaleLockTime(0);  // a program that runs for long is not dead
  return lock;
}

bool RecoveryFolder::claim() {
  if (lock_) return true;
  if (!QDir().mkpath(folder_)) return false;
  QFile::setPermissions(folder_, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
  auto lock = lockOf(path_);
  if (!lock->tryLock(0)) return false;
  lock_ = std::move(lock);
  return true;
}

void RecoveryFolder::clear() {
  QFile::remove(path_);
  if (open_) discardTakenOver();
  lock_.reset();
}

std::optional<KeptRun> RecoveryFolder::leftBehind() {
  static const QRegularExpression kHalf(
      QStringLiteral("^\\.(.+\\.kvl\\.h5)\\.[0-9a-f]{16}\\.part$"));
  const QDir folder(folder_);
  for (const QString& name : folder.entryList({".*.part"}, QDir::Files | QDir::Hidden)) {
    const auto match = kHalf.match(name);
    if (!match.hasMatch()) continue;
    const QString whole = folder.filePath(match.captured(1));
    if (whole != path_ && lockOf(whole)->tryLock(0)) QFile::remove(folder.filePath(name));
  }
  for (const QFileInfo& file : folder.entryInfoList({"*.kvl.h5"}, QDir::Files, QDir::Time)) {
    const QString path = file.filePath();
    if (path == path_ || path == takenOver_) continue;
    if (lockOf(path)->tryLock(0)) return KeptRun{path, file.lastModified()};
  }
  return std::nullopt;
}

bool RecoveryFolder::takeOver(const KeptRun& kept) {
  auto lock = lockOf(kept.path);
  if (!lock->tryLock(0) || !QFileInfo::exists(kept.path)) return false;
  takenLock_ = std::move(lock);
  takenOver_ = kept.path;
  open_ = false;
  return true;
}

void RecoveryFolder::setOpen(const QString& path) { open_ = path == takenOver_; }

void RecoveryFolder::giveBack(const QString& path) {
  if (path == takenOver_) releaseTakenOver();
}

void RecoveryFolder::releaseTakenOver() {
  takenLock_.reset();
  takenOver_.clear();
  open_ = false;
}

void RecoveryFolder::discardTakenOver() {
  if (!takenOver_.isEmpty()) QFile::remove(takenOver_);
  releaseTakenOver();
}

void RecoveryFolder::discard(const KeptRun& kept) {
  if (const auto lock = lockOf(kept.path); lock->tryLock(0)) QFile::remove(kept.path);
}

}  // namespace kvloupe
