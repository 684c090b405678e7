// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/atomic_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <ctime>

using namespace kvloupe;

/// What killed programs left beside a file goes at the next save, and nothing else does.
class AtomicFileTest : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  std::string path(const QString& name) const { return folder_.filePath(name).toStdString(); }
  void leave(const QString& name, int ageSeconds) const {
    QFile file(folder_.filePath(name));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("half") == 4);
    file.close();
    const timespec then{std::time(nullptr) - ageSeconds, 0};
    const timespec times[2] = {then, then};
    QCOMPARE(::utimensat(AT_FDCWD, path(name).c_str(), times, 0), 0);
  }

 private slots:
  void abandonedFilesAreRemoved() {
    const QString mine = ".run.kvl.h5.0123456789abcdef.part";
    const QStringList stay = {".other.kvl.h5.0123456789abcdef.part",  // of another file
                              ".run.kvl.h5.00112233445566aa.part",    // still written: locked
                              ".run.kvl.h5.99112233445566aa.part",    // made just now
                              ".run.kvl.h5.part", ".run.kvl.h5.x.0123456789abcdef.part"};
    leave(mine, 3600);
    for (const QString& name : stay) leave(name, name.contains(".99") ? 5 : 3600);
    const int held = ::open(path(stay[1]).c_str(), O_RDWR | O_CLOEXEC);
    QVERIFY(held >= 0);
    QCOMPARE(::flock(held, LOCK_EX), 0);
    writeAtomically(path("run.kvl.h5"), std::string_view("whole"));
    QFile file(folder_.filePath("run.kvl.h5"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("whole"));
    QVERIFY(!QFile::exists(folder_.filePath(mine)));
    for (const QString& name : stay)
      QVERIFY2(QFile::exists(folder_.filePath(name)), qPrintable(name));
    ::close(held);
    writeAtomically(path("run.kvl.h5"), std::string_view("again"));
    QVERIFY(!QFile::exists(folder_.filePath(stay[1])));
  }
};

QTEST_GUILESS_MAIN(AtomicFileTest)
#include "atomic_file_test.moc"
