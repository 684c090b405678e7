// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run_store/run_store.hpp"

#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <fstream>

#include "common/error.hpp"
#include "io/run_store/run_json.hpp"
#include "io/run_store/sample_run.hpp"

namespace kvloupe::test {

/// Round trips, and what a library that did not write the file reads in it.
class RunStoreTest : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir folder_;
  std::string path(const char* name) const { return folder_.filePath(name).toStdString(); }
  static std::string python(const QStringList& arguments) {
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start("/usr/bin/python3", arguments);
    process.waitForFinished(120'000);
    return process.readAll().toStdString();
  }

 private slots:
  void everythingComesBack();
  void littleComesBack();
  void tapsComeBackInOrder();
  void h5pyReadsTheSame_data();
  void h5pyReadsTheSame();
  void exampleOfTheManualRuns();
  void largeArraysAreDeflated();
  void savingReplacesAndFollowsLinks();
  void contradictionsAreNotSaved();
  void absentFilesAreNamed();
};

void RunStoreTest::everythingComesBack() {
  const Run run = sampleRun();
  saveRun(run, path("full – 全.kvl.h5"));
  QCOMPARE(toJson(loadRun(path("full – 全.kvl.h5"))).dump(), toJson(run).dump());
  // The comparison sees single bits.
  Run other = run;
  other.b->plans[0].nll[3] = std::nextafter(other.b->plans[0].nll[3], 1e9F);
  QVERIFY(toJson(other).dump() != toJson(run).dump());
}

void RunStoreTest::littleComesBack() {
  Run run;
  saveRun(run, path("empty.kvl.h5"));
  QCOMPARE(toJson(loadRun(path("empty.kvl.h5"))).dump(), toJson(run).dump());
  run.a.analysis.emplace();
  run.a.baseline.emplace();
  run.a.plans.resize(2);
  saveRun(run, path("little.kvl.h5"));
  QCOMPARE(toJson(loadRun(path("little.kvl.h5"))).dump(), toJson(run).dump());
}

void RunStoreTest::tapsComeBackInOrder() {
  const Run run = sampleRun();
  Run shuffled = run;
  std::reverse(shuffled.a.analysis->taps.begin(), shuffled.a.analysis->taps.end());
  saveRun(shuffled, path("shuffled.kvl.h5"));
  QCOMPARE(toJson(loadRun(path("shuffled.kvl.h5"))).dump(), toJson(run).dump());
}

void RunStoreTest::h5pyReadsTheSame_data() {
  QTest::addColumn<int>("tokens");
  QTest::newRow("small") << 300;
  QTest::newRow("deflated") << 8000;
}

void RunStoreTest::h5pyReadsTheSame() {
  QFETCH(int, tokens);
  const Run run = sampleRun(2, static_cast<std::size_t>(tokens));
  saveRun(run, path("h5py.kvl.h5"));
  std::ofstream(path("h5py.json")) << toJson(run);
  const QStringList arguments = {KVLOUPE_TEST_FOLDER "/check_with_h5py.py",
                                 folder_.filePath("h5py.kvl.h5"), folder_.filePath("h5py.json")};
  QCOMPARE(python(arguments), "same\n");
  // The script can fail.
  Run other = run;
  other.a.analysis->taps[3].heads[1].eigenvalues[5] *= 2;
  std::ofstream(path("h5py.json")) << toJson(other);
  QVERIFY(python(arguments).find("/a/analysis/") == 0);
}

void RunStoreTest::exampleOfTheManualRuns() {
  std::ifstream manual(KVLOUPE_MANUAL "/file-format.md");
  std::string line, code;
  bool inside = false;
  while (std::getline(manual, line)) {
    if (line == "```python")
      inside = true;
    else if (line == "```")
      inside = false;
    else if (inside)
      code += line + "\n";
  }
  QVERIFY(!code.empty());
  QTemporaryDir there;
  saveRun(sampleRun(), there.filePath("run.kvl.h5").toStdString());
  QProcess process;
  process.setProcessChannelMode(QProcess::MergedChannels);
  process.setWorkingDirectory(there.path());
  process.start("/usr/bin/python3", {"-c", QString::fromStdString(code)});
  QVERIFY(process.waitForFinished(60'000));
  const std::string output = process.readAll().toStdString();
  QVERIFY2(process.exitCode() == 0, output.c_str());
  QVERIFY2(output.find("demo:gqa") != std::string::npos, output.c_str());
}

void RunStoreTest::largeArraysAreDeflated() {
  Run run;
  run.a.baseline.emplace().baselineNll.assign(1'000'000, 1.5F);
  saveRun(run, path("large.kvl.h5"));
  QVERIFY(QFileInfo(folder_.filePath("large.kvl.h5")).size() < 200'000);
  QCOMPARE(loadRun(path("large.kvl.h5")).a.baseline->baselineNll, run.a.baseline->baselineNll);
}

void RunStoreTest::savingReplacesAndFollowsLinks() {
  namespace fs = std::filesystem;
  const std::string real = path("real.kvl.h5"), link = path("link.kvl.h5");
  saveRun(sampleRun(1), real);
  fs::permissions(real, fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("real.kvl.h5", link);
  saveRun(sampleRun(2), link);
  QVERIFY(fs::is_symlink(link));
  QVERIFY(fs::status(real).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  QCOMPARE(toJson(loadRun(real)).dump(), toJson(sampleRun(2)).dump());
  QVERIFY(QDir(folder_.path()).entryList({"*.part"}, QDir::Files | QDir::Hidden).isEmpty());
}

void RunStoreTest::contradictionsAreNotSaved() {
  const std::string file = path("old.kvl.h5");
  const std::string old = toJson(sampleRun()).dump();
  saveRun(sampleRun(), file);
  Run twice = sampleRun(3);
  twice.a.analysis->taps.push_back(twice.a.analysis->taps[0]);
  QVERIFY_EXCEPTION_THROWN(saveRun(twice, file), Error);
  Run beyond = sampleRun(3);
  beyond.a.analysis->taps.back().layer = 6;
  QVERIFY_EXCEPTION_THROWN(saveRun(beyond, file), Error);
  QCOMPARE(toJson(loadRun(file)).dump(), old);
  QVERIFY(QDir(folder_.path()).entryList({"*.part"}, QDir::Files | QDir::Hidden).isEmpty());
}

void RunStoreTest::absentFilesAreNamed() {
  const auto codeOf = [](const auto& action) {
    try {
      action();
    } catch (const Error& error) {
      return std::pair(error.code(), std::string(error.what()));
    }
    return std::pair(ErrorCode::Internal, std::string("nothing thrown"));
  };
  const std::string absent = path("absent.kvl.h5");
  const auto [code, line] = codeOf([&] { (void)loadRun(absent); });
  QCOMPARE(code, ErrorCode::NotFound);
  QVERIFY(line.find(absent) == 0);
  QCOMPARE(codeOf([&] { (void)loadRun(folder_.path().toStdString()); }).first,
           ErrorCode::Malformed);
  QCOMPARE(codeOf([&] { saveRun(sampleRun(), path("no/such/folder.kvl.h5")); }).first,
           ErrorCode::NotFound);
  QCOMPARE(codeOf([&] { saveRun(sampleRun(), folder_.path().toStdString()); }).first,
           ErrorCode::Io);
}

}  // namespace kvloupe::test

QTEST_GUILESS_MAIN(kvloupe::test::RunStoreTest)
#include "run_store_test.moc"
