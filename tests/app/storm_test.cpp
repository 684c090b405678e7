// SPDX-License-Identifier: GPL-3.0-or-later
// 200 moves of a slider a second while a slow engine measures: nothing stale is taken for new, and
// every job ends once.
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>
#include <algorithm>

#include "app/support/fake_workspace.hpp"

using namespace kvloupe;
using kvloupe::test::FakeWorkspace;

class StormTest : public QObject, FakeWorkspace {
  Q_OBJECT

  /// Moves the slider of V every 5 ms, from rank to rank, and sees to it that what is shown is of
  /// the plan in force or says that it is not. Returns the longest time between two turns of the
  /// event loop, in ms.
  double storm(int moves) {
    int made = 0;
    qint64 longest = 0;
    QElapsedTimer turn;
    QTimer timer;
    timer.setTimerType(Qt::PreciseTimer);
    timer.setInterval(5);
    connect(&timer, &QTimer::timeout, this, [&] {
      longest = std::max(longest, turn.nsecsElapsed());
      turn.start();
      workspace_->editPlan(withRank(workspace_->activeSlot().draft, Target::V, 1 + made % 7),
                           made / 40);
      ++made;
      const SlotState& state = workspace_->activeSlot();
      if (planCurrent(state, workspace_->settings()))
        QCOMPARE(state.current.value->figures.deltaPplPercent,
                 static_cast<double>(8 - state.draft.find(Target::V)->rank));
    });
    turn.start();
    timer.start();
    [&] { QTRY_VERIFY_WITH_TIMEOUT(made >= moves, 60000); }();
    timer.stop();
    return static_cast<double>(longest) / 1e6;
  }

 private slots:
  void init() {
    make();
    runner_->start();
    open();
  }
  void cleanup() { remove(); }

  void onlyTheLastPlanIsMeasured() {
    script_->windowMs = 30;
    QSignalSpy ends(runner_.get(), &JobRunner::cancelled);
    QSignalSpy failures(workspace_.get(), &Workspace::failed);
    const std::size_t calls = script_->seen().size();
    const std::size_t plans = workspace_->activeSlot().plans.size();
    qInfo("longest turn of the event loop %.1f ms", storm(300));
    settle();
    QVERIFY(planCurrent(workspace_->activeSlot(), workspace_->settings()));
    // Measuring waits for 150 ms of rest: none of the 300 was begun, or few on a machine that
    // stalls.
    QVERIFY2(script_->seen().size() - calls < 10,
             qPrintable(QString::number(script_->seen().size() - calls)));
    QVERIFY(workspace_->activeSlot().plans.size() - plans < 10);
    QCOMPARE(failures.count(), 0);
    QVERIFY(runner_->idle());
  }

  void aStormOverARunningMeasurementCancelsItOnce() {
    script_->windowMs = 400;
    workspace_->editPlan(withRank(workspace_->activeSlot().draft, Target::V, 3), 1000);
    QTRY_VERIFY(workspace_->activity().measuring == NeedKind::Plan);
    QSignalSpy ends(runner_.get(), &JobRunner::cancelled);
    (void)storm(100);
    // One end for it; on a machine that stalls some others may have begun and ended likewise.
    QVERIFY2(ends.count() >= 1 && ends.count() < 5, qPrintable(QString::number(ends.count())));
    script_->windowMs = 1;
    settle();
    QVERIFY(planCurrent(workspace_->activeSlot(), workspace_->settings()));
  }

  void closingInAStormDoesNotWait() {
    script_->windowMs = 10000;
    (void)storm(60);
    workspace_->editPlan(withRank(workspace_->activeSlot().draft, Target::V, 2), 2000);
    QTRY_VERIFY(workspace_->activity().measuring == NeedKind::Plan);
    QElapsedTimer timer;
    timer.start();
    workspace_->cancel();
    workspace_.reset();
    runner_.reset();
    QVERIFY2(timer.elapsed() < 3000, qPrintable(QString::number(timer.elapsed())));
  }

  void stopAndGoLeavesNothingRunning() {
    script_->windowMs = 5;
    for (int i = 0; i < 50; ++i) {
      workspace_->editPlan(withRank(workspace_->activeSlot().draft, Target::V, 1 + i % 7), i);
      if (i % 2 == 0) workspace_->cancel();
      if (i % 3 == 0) workspace_->resume();
      QTest::qWait(1);
    }
    workspace_->resume();
    settle();
    QVERIFY(planCurrent(workspace_->activeSlot(), workspace_->settings()));
    QVERIFY(runner_->idle());
    QVERIFY(!workspace_->activity().busy());
  }
};

QTEST_MAIN(StormTest)
#include "storm_test.moc"
