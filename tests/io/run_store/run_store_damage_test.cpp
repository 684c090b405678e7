// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "common/error.hpp"
#include "io/run_store/run_store.hpp"
#include "io/run_store/sample_run.hpp"

namespace kvloupe::test {

/// Files that are cut, changed at random, or made by a stranger.
class RunStoreDamageTest : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir folder_;
  QByteArray good_;
  std::string file_;

  void put(const QByteArray& bytes) const {
    QFile file(QString::fromStdString(file_));
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    QCOMPARE(file.write(bytes), bytes.size());
  }
  // The one line of the refusal, or "" where the file loads.
  static std::string refusal(const std::string& path) {
    try {
      (void)loadRun(path);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

 private slots:
  void initTestCase() {
    // One model, few tokens: most of the bytes are structure.
    Run run = sampleRun(1, 40);
    run.b.reset();
    run.a.model.configJson = "{}";
    run.a.plans.resize(1);
    file_ = folder_.filePath("run.kvl.h5").toStdString();
    saveRun(run, file_);
    QFile file(QString::fromStdString(file_));
    QVERIFY(file.open(QIODevice::ReadOnly));
    good_ = file.readAll();
    QVERIFY(good_.size() > 10'000);
  }

  void cutFilesAreRefused() {
    for (int i = 0; i < 60; ++i) {
      put(good_.left(good_.size() * i / 60));
      const std::string line = refusal(file_);
      QVERIFY2(line.find(file_) == 0, line.c_str());
      QVERIFY(line.find('\n') == std::string::npos);
    }
    put(good_.left(good_.size() - 1));
    QVERIFY(refusal(file_).find("truncated file") != std::string::npos);
  }

  void changedBytesNeverEndTheProgram() {
    std::mt19937 random(7);
    int refused = 0, deaths = 0;
    for (int i = 0; i < 300; ++i) {
      QByteArray bytes = good_;
      const int changes = 1 << std::uniform_int_distribution<>(0, 5)(random);
      // Half of the time within the first tenth, where the headers of the groups lie.
      const auto end = i % 2 == 0 ? bytes.size() / 10 : bytes.size();
      for (int c = 0; c < changes; ++c)
        bytes[std::uniform_int_distribution<qsizetype>(0, end - 1)(random)] =
            static_cast<char>(std::uniform_int_distribution<>(0, 255)(random));
      put(bytes);
      const std::string line = refusal(file_);
      if (line.empty()) continue;
      ++refused;
      if (line.find("ends the checking program") != std::string::npos) ++deaths;
      QVERIFY2(line.find(file_) == 0 && line.find('\n') == std::string::npos, line.c_str());
    }
    qInfo("300 changed files: %d refused, %d of these ended the checking program", refused, deaths);
    QVERIFY(refused > 80);
  }

  void otherFilesAreRefused() {
    for (const QByteArray& bytes :
         {QByteArray(), QByteArray("version https://git-lfs.github.com/spec/v1\n"), good_.mid(0, 8),
          good_.mid(0, 8) + QByteArray(5000, '\xff'), good_.mid(8)}) {
      put(bytes);
      const std::string line = refusal(file_);
      QVERIFY2(line.find(file_) == 0, line.c_str());
    }
  }

  void foreignFeaturesAreRefused_data() {
    QFile::remove(QString::fromStdString(file_));  // a damaged file is not replaced
    saveRun(sampleRun(1, 40), file_);
    QProcess python;
    python.setProcessChannelMode(QProcess::MergedChannels);
    python.start("/usr/bin/python3", {KVLOUPE_TEST_FOLDER "/make_hostile.py",
                                      QString::fromStdString(file_), folder_.path()});
    python.waitForFinished(120'000);
    QVERIFY2(python.exitCode() == 0, python.readAll().constData());
    std::ifstream expected(folder_.filePath("expected.json").toStdString());
    QTest::addColumn<QStringList>("words");
    const auto files = nlohmann::json::parse(expected);
    for (const auto& [name, words] : files.items()) {
      QStringList list;
      for (const std::string word : words) list << QString::fromStdString(word);
      QTest::newRow(name.c_str()) << list;
    }
  }

  void foreignFeaturesAreRefused() {
    QFETCH(QStringList, words);
    const QString path = folder_.filePath(QTest::currentDataTag()) + ".kvl.h5";
    const std::string line = refusal(path.toStdString());
    for (const QString& word : words + QStringList(path))
      QVERIFY2(line.find(word.toStdString()) != std::string::npos, line.c_str());
    QVERIFY2(line.find("ends the checking program") == std::string::npos, line.c_str());
  }
};

}  // namespace kvloupe::test

QTEST_GUILESS_MAIN(kvloupe::test::RunStoreDamageTest)
#include "run_store_damage_test.moc"
