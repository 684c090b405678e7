// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "io/run_store/child_check.hpp"
#include "io/run_store/run_json.hpp"
#include "io/run_store/run_store.hpp"
#include "io/run_store/sample_run.hpp"

namespace kvloupe::test {

/// The checking program's end is a message; its absence no obstacle. False programs stand in for
/// it.
class RunStoreChildTest : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir folder_;
  std::string file_;
  QString program_;

  void install(const QByteArray& script) {
    QFile file(program_);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write("#!/bin/sh\n" + script + "\n");
    file.close();
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
  }
  std::string refusal(std::chrono::milliseconds patience = std::chrono::seconds(30)) const {
    try {
      checkInChild(file_, patience);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

 private slots:
  void initTestCase() {
    file_ = folder_.filePath("run.kvl.h5").toStdString();
    saveRun(sampleRun(), file_);
    program_ = QCoreApplication::applicationDirPath() + "/kvloupe-h5check";
    QFile::remove(program_);
  }
  void cleanup() { QFile::remove(program_); }

  void readsInProcessWithoutIt() {
    QCOMPARE(toJson(loadRun(file_)).dump(), toJson(sampleRun()).dump());
  }
  void itsDeathIsAMessage() {
    install("kill -SEGV $$");
    QCOMPARE(refusal(), file_ +
                            ": the file is damaged; found that reading it ends the checking "
                            "program (Segmentation fault), expected a run file");
    QVERIFY_EXCEPTION_THROWN((void)loadRun(file_), Error);
  }
  void itsDeathAfterwardsIsAMessage() {
    install("printf ok; kill -ABRT $$");
    QVERIFY(refusal().find("(Aborted)") != std::string::npos);
  }
  void itsSilenceIsAMessage() {
    install("exit 0");
    QVERIFY(refusal().find("ends the checking program") != std::string::npos);
  }
  void itsBabbleIsAMessage() {
    install("cat /dev/zero | head -c 3000000");
    QVERIFY(refusal().find("ends the checking program") != std::string::npos);
  }
  void itIsNotWaitedForForever() {
    install("exec sleep 60");
    QElapsedTimer clock;
    clock.start();
    QVERIFY(refusal(std::chrono::milliseconds(300)).find("takes over 300 ms") != std::string::npos);
    QVERIFY(clock.elapsed() < 5000);
  }
  void itsRefusalIsOurs() {
    const Error error(ErrorCode::Mismatch, {.message = "wrong shape",
                                            .file = "f",
                                            .place = "/a\nb",
                                            .expected = "[1]",
                                            .found = "[2]",
                                            .advice = "Do"});
    QFile verdict(folder_.filePath("verdict"));
    QVERIFY(verdict.open(QIODevice::WriteOnly));
    const std::string bytes = encodeVerdict(error);
    verdict.write(bytes.data(), static_cast<qint64>(bytes.size()));
    verdict.close();
    install("cat " + folder_.filePath("verdict").toUtf8());
    QCOMPARE(refusal(), std::string(error.what()));
  }
  void itGetsThePathAsItIs() {
    install("test \"$1\" = -- && test -f \"$2\" && printf ok");
    const std::string odd = folder_.filePath("-x $(reboot) 'ü.kvl.h5").toStdString();
    saveRun(sampleRun(), odd);
    checkInChild(odd);
  }
};

}  // namespace kvloupe::test

QTEST_GUILESS_MAIN(kvloupe::test::RunStoreChildTest)
#include "run_store_child_test.moc"
