// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/job_runner.hpp"

#include <QElapsedTimer>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include "app/support/fake_engine.hpp"
#include "common/error.hpp"

using namespace kvloupe;
using kvloupe::test::fakeEngine;
using kvloupe::test::FakeScript;

namespace {

/// Everything a runner says, in order.
struct Listener {
  explicit Listener(JobRunner& runner) {
    QObject::connect(&runner, &JobRunner::progressed, &context,
                     [this](JobId id, const Progress&) { add("progress", id); });
    QObject::connect(&runner, &JobRunner::analysisGrew, &context,
                     [this](JobId id, AnalysisPtr) { add("analysis", id); });
    QObject::connect(&runner, &JobRunner::evaluationGrew, &context,
                     [this](JobId id, EvaluationPtr) { add("evaluation", id); });
    QObject::connect(&runner, &JobRunner::succeeded, &context,
                     [this](JobId id, const JobResult& result) {
                       results[id] = result;
                       add("succeeded", id);
                     });
    QObject::connect(&runner, &JobRunner::failed, &context,
                     [this](JobId id, const JobError& error) {
                       errors[id] = error;
                       add("failed", id);
                     });
    QObject::connect(&runner, &JobRunner::cancelled, &context,
                     [this](JobId id) { add("cancelled", id); });
  }
  void add(const char* what, JobId id) { said.push_back({what, id}); }
  int count(const std::string& what, JobId id) const {
    return static_cast<int>(
        std::count(said.begin(), said.end(), std::pair<std::string, JobId>(what, id)));
  }
  int ends(JobId id) const {
    return count("succeeded", id) + count("failed", id) + count("cancelled", id);
  }

  QObject context;
  std::vector<std::pair<std::string, JobId>> said;
  std::map<JobId, JobResult> results;
  std::map<JobId, JobError> errors;
};

OpenJob openJob(const std::string& model) { return {Slot::A, {.model = model}}; }

}  // namespace

class JobRunnerTest : public QObject {
  Q_OBJECT

  std::shared_ptr<FakeScript> script_;

 private slots:
  void init() {
    QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*"));
    script_ = std::make_shared<FakeScript>();
  }

  void whatIsKeptOnTheWayIsSavedInTheMidst() {
    JobRunner runner(fakeEngine(script_));
    runner.start();
    Listener heard(runner);
    (void)runner.submit(openJob("demo:gqa"));
    script_->windowMs = 40;
    script_->windows = 20;
    const JobId evaluate = runner.submit(EvaluateJob{});
    QTRY_VERIFY(heard.count("progress", evaluate) > 0);
    const auto empty = [] { return Run{}; };
    const JobId kept = runner.submitBetween({empty, "/runs/first.kvl.h5"});
    QVERIFY(runner.replaceWaiting(kept, SaveJob{empty, "/runs/second.kvl.h5"}));
    QTRY_COMPARE(heard.ends(kept), 1);
    QCOMPARE(heard.ends(evaluate), 0);
    QCOMPARE(script_->count("save /runs/second.kvl.h5"), 1);
    QVERIFY(!runner.replaceWaiting(kept, SaveJob{empty, "/runs/third.kvl.h5"}));
    // One that fails is told, and what runs goes on.
    script_->saveFails = true;
    const JobId failed = runner.submitBetween({empty, "/runs/full.kvl.h5"});
    QTRY_COMPARE(heard.count("failed", failed), 1);
    QCOMPARE(heard.ends(evaluate), 0);
    script_->saveFails = false;
    QTRY_COMPARE(heard.count("succeeded", evaluate), 1);
    // While nothing runs it is a job like any other.
    const JobId alone = runner.submitBetween({empty, "/runs/alone.kvl.h5"});
    QTRY_COMPARE(heard.count("succeeded", alone), 1);
    QTRY_VERIFY(runner.idle());
    QCOMPARE(script_->count("save /runs/alone.kvl.h5"), 1);
    QCOMPARE(heard.ends(kept), 1);
  }

  void everyJobEndsOnceInOrder() {
    JobRunner runner(fakeEngine(script_));
    runner.start();
    Listener heard(runner);
    const JobId open = runner.submit(openJob("demo:gqa"));
    const JobId analyse = runner.submit(AnalyseJob{});
    const JobId evaluate = runner.submit(EvaluateJob{});
    const JobId hash = runner.submit(HashJob{});
    QVERIFY(heard.said.empty());
    QTRY_COMPARE(heard.ends(hash), 1);
    QTRY_VERIFY(runner.idle());
    std::vector<JobId> ended;
    for (const auto& [what, id] : heard.said)
      if (what == "succeeded") ended.push_back(id);
    QCOMPARE(ended, (std::vector<JobId>{open, analyse, evaluate, hash}));
    QVERIFY(std::get<AnalysisPtr>(heard.results[analyse])->complete());
    QCOMPARE(std::get<ModelInfoPtr>(heard.results[hash])->weightFiles[0].sha256, "ab12");
  }

  void jobsWaitForTheStart() {
    JobRunner runner(fakeEngine(script_));
    Listener heard(runner);
    const JobId id = runner.submit(openJob("demo:gqa"));
    QTest::qWait(100);
    QVERIFY(script_->seen().empty());
    runner.start();
    QTRY_COMPARE(heard.count("succeeded", id), 1);
  }

  void whatWaitsCanBeReplaced() {
    JobRunner runner(fakeEngine(script_));
    runner.start();
    Listener heard(runner);
    script_->openMs = 50;
    const JobId open = runner.submit(openJob("demo:gqa"));
    const JobId waits = runner.submit(HashJob{});
    const JobId last = runner.submit(AnalyseJob{});
    QTRY_COMPARE(script_->count("open demo:gqa"), 1);
    QVERIFY(!runner.replaceWaiting(open, openJob("demo:mla")));  // it runs
    QVERIFY(runner.replaceWaiting(waits, EvaluateJob{}));
    QTRY_COMPARE(heard.ends(last), 1);
    QVERIFY(!runner.replaceWaiting(waits, HashJob{}));  // it has ended
    QCOMPARE(script_->seen(),
             (std::vector<std::string>{"open demo:gqa", "evaluate untouched", "analyse"}));
    QVERIFY(std::holds_alternative<EvaluationPtr>(heard.results[waits]));
  }

  void errorsKeepTheirParts() {
    JobRunner runner(fakeEngine(script_));
    runner.start();
    Listener heard(runner);
    const JobId id = runner.submit(openJob("/models/missing"));
    QTRY_COMPARE(heard.ends(id), 1);
    QCOMPARE(heard.count("failed", id), 1);
    QCOMPARE(heard.errors[id].code, ErrorCode::NotFound);
    QCOMPARE(heard.errors[id].detail.expected, "a folder with config.json");
    QVERIFY(heard.errors[id].summary.contains("there is no model here; found nothing"));
  }

  void aJobWithoutAModelFails() {
    JobRunner runner(fakeEngine(script_));
    runner.start();
    Listener heard(runner);
    const JobId id = runner.submit(AnalyseJob{Slot::B, {}});
    QTRY_COMPARE(heard.count("failed", id), 1);
    QCOMPARE(heard.errors[id].code, ErrorCode::InvalidArgument);
  }

  void aCoreThatDoesNotLoadAnswersEveryJob() {
    JobRunner runner(
        []() -> std::unique_ptr<Engine> { return loadEngine("/nowhere/libkvloupe-core.so"); });
    runner.start();
    Listener heard(runner);
    const JobId first = runner.submit(openJob("demo:gqa"));
    const JobId second = runner.submit(LoadJob{"a.kvl.h5"});
    QTRY_COMPARE(heard.ends(second), 1);
    QCOMPARE(heard.count("failed", first), 1);
    QCOMPARE(heard.errors[first].detail.file, "/nowhere/libkvloupe-core.so");
    QVERIFY(runner.coreReady());
  }

  void cancelStopsTheRunningJobAtOnce() {
    script_->windowMs = 10000;
    JobRunner runner(fakeEngine(script_));
    runner.start();
    Listener heard(runner);
    runner.submit(openJob("demo:gqa"));
    const JobId id = runner.submit(AnalyseJob{});
    QTRY_COMPARE(script_->count("analyse"), 1);
    QElapsedTimer timer;
    timer.start();
    runner.cancel(id);
    runner.cancel(id);
    QTRY_COMPARE(heard.ends(id), 1);
    QVERIFY2(timer.elapsed() < 3000, qPrintable(QString("%1 ms").arg(timer.elapsed())));
    QCOMPARE(heard.count("cancelled", id), 1);
    QVERIFY(runner.idle());
  }

  void cancelTakesAWaitingJobOut() {
    script_->windowMs = 20;
    JobRunner runner(fakeEngine(script_));
    runner.start();
    Listener heard(runner);
    runner.submit(openJob("demo:gqa"));
    const JobId first = runner.submit(AnalyseJob{});
    const JobId second = runner.submit(EvaluateJob{});
    runner.cancel(second);
    QCOMPARE(heard.ends(second), 0);  // signals never come from inside a call
    QTRY_COMPARE(heard.ends(first), 1);
    QCOMPARE(heard.count("cancelled", second), 1);
    QCOMPARE(heard.ends(second), 1);
    QCOMPARE(script_->count("evaluate untouched"), 0);
  }

  void nothingIsHeardOfACancelledJob() {
    script_->windowMs = 3;
    script_->windows = 1000;
    JobRunner runner(fakeEngine(script_));
    runner.start();
    Listener heard(runner);
    runner.submit(openJob("demo:gqa"));
    const JobId id = runner.submit(AnalyseJob{});
    QTRY_VERIFY(heard.count("analysis", id) >= 2);
    runner.cancel(id);
    const std::size_t before = heard.said.size();
    QTRY_COMPARE(heard.ends(id), 1);
    QCOMPARE(heard.said.size(), before + 1);
    QCOMPARE(heard.said.back(), (std::pair<std::string, JobId>("cancelled", id)));
  }

  void newsComesAtMostTwentyTimesASecond() {
    script_->windowMs = 1;
    script_->windows = 400;
    JobRunner runner(fakeEngine(script_));
    runner.start();
    Listener heard(runner);
    runner.submit(openJob("demo:gqa"));
    QTRY_COMPARE(heard.said.size(), std::size_t(1));
    QElapsedTimer timer;
    timer.start();
    const JobId id = runner.submit(AnalyseJob{});
    QTRY_COMPARE_WITH_TIMEOUT(heard.ends(id), 1, 60000);
    const double seconds = static_cast<double>(timer.elapsed()) / 1000.0;
    QVERIFY(heard.count("analysis", id) >= 2);
    QVERIFY2(heard.count("analysis", id) <= 20 * seconds + 2,
             qPrintable(QString("%1 in %2 s").arg(heard.count("analysis", id)).arg(seconds)));
    QVERIFY(heard.count("progress", id) <= 20 * seconds + 2);
  }

  void savingIsNotInterrupted() {
    JobRunner runner(fakeEngine(script_));
    runner.start();
    Listener heard(runner);
    const JobId id = runner.submit(SaveJob{[] { return Run(); }, "a.kvl.h5"});
    runner.cancel(id);
    QTRY_COMPARE(heard.count("succeeded", id), 1);
    QCOMPARE(script_->count("save a.kvl.h5"), 1);
  }

  void aModelThatDoesNotOpenLeavesTheOldOne() {
    JobRunner runner(fakeEngine(script_));
    runner.start();
    Listener heard(runner);
    runner.submit(openJob("demo:gqa"));
    const JobId bad = runner.submit(openJob("/models/missing"));
    const JobId analyse = runner.submit(AnalyseJob{});
    QTRY_COMPARE(heard.ends(analyse), 1);
    QCOMPARE(heard.count("failed", bad), 1);
    QCOMPARE(heard.count("succeeded", analyse), 1);
  }

  void destructionWaitsForAStoppedWorker() {
    script_->windowMs = 10000;
    QElapsedTimer timer;
    {
      JobRunner runner(fakeEngine(script_));
      runner.start();
      runner.submit(openJob("demo:gqa"));
      runner.submit(AnalyseJob{});
      runner.submit(EvaluateJob{});
      QTRY_COMPARE(script_->count("analyse"), 1);
      timer.start();
    }
    QVERIFY(timer.elapsed() < 3000);
    QCOMPARE(script_->count("evaluate untouched"), 0);
  }
};

QTEST_GUILESS_MAIN(JobRunnerTest)
#include "job_runner_test.moc"
