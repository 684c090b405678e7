// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/available_memory.hpp"

#include <QDir>
#include <QTemporaryDir>
#include <QtTest>

using namespace kvloupe;

/// Against a system of files that are written here.
class AvailableMemoryTest : public QObject {
  Q_OBJECT

  static void write(const QTemporaryDir& root, const QString& path, const QByteArray& content) {
    const QString file = root.filePath(path);
    QVERIFY(QDir().mkpath(QFileInfo(file).path()));
    QFile out(file);
    QVERIFY(out.open(QIODevice::WriteOnly));
    out.write(content);
  }
  static std::optional<std::int64_t> read(const QTemporaryDir& root) {
    return availableMemory(root.path().toStdString());
  }

 private slots:
  void whatTheKernelCallsAvailable() {
    const QTemporaryDir root;
    QVERIFY(!read(root));
    write(root, "proc/meminfo", "MemTotal: 16000 kB\nMemFree: 100 kB\nMemAvailable: 8000 kB\n");
    QCOMPARE(read(root).value(), std::int64_t(8000 * 1024));
  }

  void noMoreThanTheControlGroupsLeave() {
    const QTemporaryDir root;
    write(root, "proc/meminfo", "MemAvailable: 8000 kB\n");
    write(root, "proc/self/cgroup", "0::/batch/job\n");
    write(root, "sys/fs/cgroup/batch/job/memory.max", "max\n");
    write(root, "sys/fs/cgroup/batch/job/memory.current", "1000\n");
    QCOMPARE(read(root).value(), std::int64_t(8000 * 1024));
    write(root, "sys/fs/cgroup/batch/memory.max", "500000\n");
    write(root, "sys/fs/cgroup/batch/memory.current", "300000\n");
    QCOMPARE(read(root).value(), std::int64_t(200000));
    // Files that are cached give way.
    write(root, "sys/fs/cgroup/batch/memory.stat", "anon 9\ninactive_file 40000\nactive_file 5\n");
    QCOMPARE(read(root).value(), std::int64_t(240005));
    write(root, "sys/fs/cgroup/batch/memory.current", "900000\n");
    QCOMPARE(read(root).value(), std::int64_t(0));
  }

  void ofThisComputer() {
    const std::optional<std::int64_t> bytes = availableMemory();
    QVERIFY(bytes && *bytes > 0);
  }
};

QTEST_GUILESS_MAIN(AvailableMemoryTest)
#include "available_memory_test.moc"
