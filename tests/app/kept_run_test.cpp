// SPDX-License-Identifier: GPL-3.0-or-later
// What a killed program left behind is not removed before it is open and kept again; what is not
// saved is kept before the next measurement, which may take hours.
#include <QDir>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

#include "app/support/fake_workspace.hpp"
#include "compression/plan/spec.hpp"
#include "workspace/recovery.hpp"

using namespace kvloupe;
using kvloupe::test::FakeWorkspace;

class KeptRunTest : public QObject, FakeWorkspace {
  Q_OBJECT

  std::unique_ptr<QTemporaryDir> state_;
  std::unique_ptr<RecoveryFolder> folder_;
  std::unique_ptr<Recovery> recovery_;

  QString left() const { return state_->filePath("left.kvl.h5"); }
  bool leftStands() const { return QFile::exists(left()); }
  void leaveBehind() const {
    QFile file(left());
    QVERIFY(file.open(QIODevice::WriteOnly));
  }
  void settle() {
    QTRY_VERIFY_WITH_TIMEOUT(workspace_->settled() && runner_->idle(), 20000);
    QCoreApplication::processEvents();
  }
  /// A model with the plan it starts with, and one more that nobody saved.
  void measureUnsaved() {
    workspace_->openModel("demo:gqa", Slot::A);
    settle();
    moveV(6);
    settle();
  }
  void end() {
    recovery_.reset();
    remove();
    folder_.reset();
  }

 private slots:
  void init() {
    make();
    state_ = std::make_unique<QTemporaryDir>();
    folder_ = std::make_unique<RecoveryFolder>(state_->path());
    recovery_ = std::make_unique<Recovery>(workspace_.get(), runner_.get(), folder_.get());
    recovery_->setInterval(0);
  }
  void cleanup() { end(); }

  void endingWhileItOpensLeavesIt() {
    leaveBehind();
    recovery_->recover(recovery_->offered().value());
    QVERIFY(!recovery_->offered());
    end();  // the worker has not come to it
    QVERIFY(leftStands());
    QVERIFY(RecoveryFolder(state_->path()).leftBehind());
  }

  void stoppedItIsOfferedAgain() {
    runner_->start();
    leaveBehind();
    script_->openMs = 300;
    workspace_->openModel("demo:gqa", Slot::A);  // the worker is busy
    recovery_->recover(recovery_->offered().value());
    QSignalSpy offers(recovery_.get(), &Recovery::offersChanged);
    workspace_->cancel();
    QTRY_COMPARE(offers.count(), 1);
    QVERIFY(recovery_->offered());
    settle();
    end();
    QVERIFY(leftStands());
  }

  void anotherRunThatIsRefusedDoesNotGiveItBack() {
    leaveBehind();
    script_->loadFails = true;
    workspace_->openRun("/runs/damaged.kvl.h5");
    recovery_->recover(recovery_->offered().value());
    QList<Failure::What> failures;
    connect(workspace_.get(), &Workspace::failed, this, [&](const Failure& failure) {
      failures << failure.what;
      QCOMPARE(recovery_->offered().has_value(), failures.size() == 2);
    });
    runner_->start();
    settle();
    QCOMPARE(failures, (QList{Failure::What::RunNotOpened, Failure::What::RunNotRecovered}));
  }

  void whatIsKeptBeforeItIsOpenDoesNotStandForIt() {
    runner_->start();
    leaveBehind();
    bool recovering = false;
    connect(workspace_.get(), &Workspace::documentChanged, this, [&] {
      // Keeping what is open now was just asked for.
      if (workspace_->worthSaving() && !std::exchange(recovering, true))
        recovery_->recover(recovery_->offered().value());
    });
    QList<bool> stood;
    connect(recovery_.get(), &Recovery::kept, this, [&] { stood << leftStands(); });
    measureUnsaved();
    QCOMPARE(script_->count("load " + left().toStdString()), 1);
    QCOMPARE(stood, (QList{true, false}));  // first the other run, then this one
    end();
    QVERIFY(!leftStands());
  }

  void savingBeforeItIsOpenDoesNotRemoveIt() {
    runner_->start();
    measureUnsaved();
    leaveBehind();
    script_->loadFails = true;
    workspace_->saveRun("/runs/saved.kvl.h5");
    recovery_->recover(recovery_->offered().value());
    settle();
    QVERIFY(!workspace_->worthSaving());
    QVERIFY(leftStands());
    QVERIFY(recovery_->offered());
  }

  void oneThatIsDiscardedLeavesTheOneThatIsOpen() {
    runner_->start();
    measureUnsaved();
    leaveBehind();
    recovery_->setInterval(3600000);  // it is not kept again
    recovery_->recover(recovery_->offered().value());
    settle();
    QVERIFY(leftStands());
    QFile second(state_->filePath("second.kvl.h5"));
    QVERIFY(second.open(QIODevice::WriteOnly));
    recovery_->discard(recovery_->offered().value());
    QVERIFY(!second.exists());
    QVERIFY(!RecoveryFolder(state_->path()).leftBehind());  // it is still this program's
  }

  void itIsKeptBeforeTheNextMeasurement() {
    runner_->start();
    workspace_->openModel("demo:gqa", Slot::A);
    settle();
    moveV(6);
    workspace_->measureSensitivity(Slot::A, {parseSpec("v:rank=2")});
    settle();
    const std::vector<std::string> seen = script_->seen();
    const auto plan = std::find(seen.begin(), seen.end(), "evaluate v:rank=6");
    QVERIFY(plan != seen.end() && plan + 2 < seen.end());
    QCOMPARE(*(plan + 1), "save " + folder_->path().toStdString());
    QCOMPARE(*(plan + 2), "sensitivity v:rank=2");
  }

  void aSearchIsKeptOnItsWay() {
    runner_->start();
    measureUnsaved();
    script_->windowMs = 60;  // the next plan takes longer than a file
    workspace_->findSafeRatios(Slot::A, {});
    const auto inFile = [&](const std::string& spec) {
      const std::lock_guard lock(script_->mutex);
      for (const Evaluation& plan : script_->saved.a.plans)
        if (plan.specText == spec)
          return script_->saved.a.sweep && !script_->saved.a.sweep->complete;
      return false;
    };
    QTRY_VERIFY(inFile("v:rank=6"));
    QVERIFY(workspace_->activity().measuring == NeedKind::Sweep);
    QVERIFY(workspace_->worthSaving());
    settle();
    // And the layers of a sensitivity, over the windows seen so far.
    script_->windows = 20;
    workspace_->measureSensitivity(Slot::A, {parseSpec("v:rank=2")});
    const auto windows = [&] {
      const std::lock_guard lock(script_->mutex);
      const auto& kept = script_->saved.a.sensitivity;
      return kept && !kept->complete() ? kept->windows : 0;
    };
    QTRY_VERIFY(windows() > 0);
    QVERIFY(workspace_->activity().measuring == NeedKind::Sensitivity);
    const int first = windows();
    QTRY_VERIFY(windows() > first || !workspace_->activity().busy());
    settle();
  }

  void whatWaitsIsKeptAsItIsThen() {
    runner_->start();
    measureUnsaved();
    recovery_->setInterval(600);
    QSignalSpy kept(recovery_.get(), &Recovery::kept);
    moveV(5);
    settle();
    QVERIFY(kept.isEmpty());
    script_->windowMs = 250;  // it is due while this runs
    workspace_->measureSensitivity(Slot::A, {parseSpec("v:rank=2")});
    settle();
    const auto whole = [&] {
      const std::lock_guard lock(script_->mutex);
      return script_->saved.a.sensitivity && script_->saved.a.sensitivity->complete();
    };
    QTRY_VERIFY(whole());
  }
};

QTEST_GUILESS_MAIN(KeptRunTest)
#include "kept_run_test.moc"
