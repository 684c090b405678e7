// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <cerrno>
#include <cstdarg>
#include <random>

#include "common/error.hpp"
#include "io/run_store/run_json.hpp"
#include "io/run_store/run_store.hpp"
#include "io/run_store/sample_run.hpp"
#include "support/caught_error.hpp"

namespace {
// The linker sends this program's own calls here (--wrap); HDF5's go on to the system.
const char* failingCall = nullptr;
int failingError = 0;

bool fails(const char* call) {
  if (!failingCall || std::strcmp(call, failingCall) != 0) return false;
  failingCall = nullptr;
  errno = failingError;
  return true;
}
}  // namespace

extern "C" {
int __real_open(const char* path, int flags, ...);
ssize_t __real_write(int fd, const void* bytes, size_t n);
int __real_fsync(int fd);
int __real_close(int fd);
int __real_rename(const char* from, const char* to);
int __wrap_open(const char* path, int flags, ...);
ssize_t __wrap_write(int fd, const void* bytes, size_t n);
int __wrap_fsync(int fd);
int __wrap_close(int fd);
int __wrap_rename(const char* from, const char* to);

int __wrap_open(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const int mode = (flags & O_CREAT) != 0 ? va_arg(list, int) : 0;
  va_end(list);
  return fails("open") ? -1 : __real_open(path, flags, mode);
}
ssize_t __wrap_write(int fd, const void* bytes, size_t n) {
  return fails("write") ? -1 : __real_write(fd, bytes, n);
}
int __wrap_fsync(int fd) { return fails("fsync") ? -1 : __real_fsync(fd); }
int __wrap_close(int fd) {
  const int result = __real_close(fd);
  return fails("close") ? -1 : result;
}
int __wrap_rename(const char* from, const char* to) {
  return fails("rename") ? -1 : __real_rename(from, to);
}
}

namespace kvloupe::test {

/// Whatever fails during a save, the old file stays, nothing else is left, and a retry works.
class RunStoreFailureTest : public QObject {
  Q_OBJECT

 private:
  static Run smallRun(unsigned seed) {
    Run run = sampleRun(seed, 40);
    run.b.reset();
    return run;
  }
  const Run first_ = smallRun(1), second_ = smallRun(2);
  const std::string firstText_ = toJson(first_).dump(), secondText_ = toJson(second_).dump();

  void checkFailure(const QString& folder, ErrorCode expected, const std::string& word) const {
    const std::string file = (folder + "/run.kvl.h5").toStdString();
    try {
      saveRun(second_, file);
      QFAIL("the save went through");
    } catch (const Error& error) {
      QVERIFY2(error.code() == expected, error.what());
      QVERIFY2(std::string(error.what()).find(word) != std::string::npos, error.what());
      QVERIFY2(std::string(error.what()).find(file) == 0, error.what());
    }
    QCOMPARE(QDir(folder).entryList(QDir::Files | QDir::Hidden), QStringList("run.kvl.h5"));
    QCOMPARE(toJson(loadRun(file)).dump(), firstText_);
  }

 private slots:
  void everyCallMayFail_data() {
    QTest::addColumn<QByteArray>("call");
    QTest::addColumn<int>("error");
    for (const char* call : {"open", "write", "fsync", "close", "rename"})
      for (const int error : {ENOSPC, EIO, EDQUOT})
        QTest::addRow("%s %s", call, std::strerror(error)) << QByteArray(call) << error;
  }

  void everyCallMayFail() {
    QFETCH(QByteArray, call);
    QFETCH(int, error);
    QTemporaryDir folder;
    const std::string file = folder.filePath("run.kvl.h5").toStdString();
    saveRun(first_, file);
    failingCall = call.constData();
    failingError = error;
    checkFailure(folder.path(), error == EIO ? ErrorCode::Io : ErrorCode::NoSpace,
                 std::strerror(error));
    QVERIFY2(failingCall == nullptr, "the call was never made");
    saveRun(second_, file);
    QCOMPARE(toJson(loadRun(file)).dump(), secondText_);
  }

  void whatIsNoRunIsNotReplaced_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("found");
    QTest::newRow("text") << "weights.txt" << ErrorCode::Malformed << "another file";
    QTest::newRow("folder") << "." << ErrorCode::Io << "a folder";
    QTest::newRow("device") << "/dev/null" << ErrorCode::Io << "a device or pipe";
    QTest::newRow("no folder") << "absent/run.kvl.h5" << ErrorCode::NotFound
                               << "No such file or directory";
  }
  void whatIsNoRunIsNotReplaced() {
    QFETCH(QString, name);
    QFETCH(ErrorCode, code);
    QFETCH(QString, found);
    QTemporaryDir folder;
    QFile text(folder.filePath("weights.txt"));
    QVERIFY(text.open(QIODevice::ReadWrite) && text.write("a text of some value") > 0);
    text.flush();
    const std::string path = QDir(folder.path()).absoluteFilePath(name).toStdString();
    const auto error = test::caughtError([&] { saveRun(first_, path); });
    QVERIFY2(error, "saved");
    QCOMPARE(error->code(), code);
    QCOMPARE(test::qstring(error->detail().found), found);
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden), QStringList("weights.txt"));
    text.seek(0);
    QCOMPARE(text.readAll(), QByteArray("a text of some value"));
    // An empty file is nobody's: mktemp makes one.
    QVERIFY(text.resize(0));
    saveRun(first_, folder.filePath("weights.txt").toStdString());
  }

  void aFullDisk() {
    QTemporaryDir folder;
    const QByteArray mountPoint = folder.path().toLocal8Bit();
    if (::mount("none", mountPoint.constData(), "tmpfs", 0, "size=4m") != 0)
      QSKIP("mounting a small disk takes root");
    const std::string file = folder.filePath("run.kvl.h5").toStdString();
    saveRun(first_, file);
    QFile filler(folder.filePath("filler"));
    QVERIFY(filler.open(QIODevice::WriteOnly));
    const QByteArray block(4096, 'x');
    while (filler.write(block) == block.size() && filler.flush()) {
    }
    filler.close();
    try {
      saveRun(second_, file);
      QFAIL("the save went through");
    } catch (const Error& error) {
      QCOMPARE(error.code(), ErrorCode::NoSpace);
    }
    QCOMPARE(toJson(loadRun(file)).dump(), firstText_);
    filler.remove();
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden), QStringList("run.kvl.h5"));
    saveRun(second_, file);
    QCOMPARE(toJson(loadRun(file)).dump(), secondText_);
    QCOMPARE(::umount(mountPoint.constData()), 0);
  }

  void aLimitOnFileSize() {
    QTemporaryDir folder;
    const std::string file = folder.filePath("run.kvl.h5").toStdString();
    saveRun(first_, file);
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit old{};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &old), 0);
    const rlimit small{100'000, old.rlim_max};
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
    checkFailure(folder.path(), ErrorCode::Io, "File too large");
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &old), 0);
    saveRun(second_, file);
    QCOMPARE(toJson(loadRun(file)).dump(), secondText_);
  }

  void killedWhileSaving() {
    QTemporaryDir folder;
    const std::string file = folder.filePath("run.kvl.h5").toStdString();
    QElapsedTimer clock;
    clock.start();
    saveRun(first_, file);
    const int oneSave = static_cast<int>(clock.nsecsElapsed() / 1000);  // microseconds
    const auto fileNumber = [&] {
      struct stat status {};
      return ::stat(file.c_str(), &status) == 0 ? status.st_ino : 0;
    };
    std::mt19937 random(3);
    for (int i = 0; i < 30; ++i) {
      const ino_t before = fileNumber();
      const pid_t child = ::fork();
      if (child == 0) {
        try {
          for (;;) {
            saveRun(second_, file);
            saveRun(first_, file);
          }
        } catch (...) {
          ::_exit(1);
        }
      }
      QVERIFY(child > 0);
      // Every other kill comes after a save has gone through.
      if (i % 2 == 1) QTRY_VERIFY_WITH_TIMEOUT(fileNumber() != before, 60'000);
      ::usleep(static_cast<useconds_t>(std::uniform_int_distribution<>(0, oneSave)(random)));
      ::kill(child, SIGKILL);
      int status = 0;
      QCOMPARE(::waitpid(child, &status, 0), child);
      QVERIFY(WIFSIGNALED(status));
      const std::string text = toJson(loadRun(file)).dump();
      QVERIFY(text == firstText_ || text == secondText_);
    }
  }
};

}  // namespace kvloupe::test

QTEST_GUILESS_MAIN(kvloupe::test::RunStoreFailureTest)
#include "run_store_failure_test.moc"
