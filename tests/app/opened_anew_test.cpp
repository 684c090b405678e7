// SPDX-License-Identifier: GPL-3.0-or-later
// Saving in the midst, and what a model that is opened anew has of what was measured before.
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>

#include "app/support/fake_workspace.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "workspace/workspace.hpp"

using namespace kvloupe;
using kvloupe::test::FakeWorkspace;

class OpenedAnewTest : public QObject, FakeWorkspace {
  Q_OBJECT

  double delta() const { return workspace_->activeSlot().current.value->figures.deltaPplPercent; }
  const SlotState& a() const { return workspace_->slot(Slot::A); }
  void setContext(int context) {
    MeasurementSettings settings = workspace_->settings();
    settings.context = context;
    workspace_->setSettings(settings);
  }
  void save(const QString& path) {
    workspace_->saveRun(path);
    settle();
  }
  void openRun(const QString& path) {
    workspace_->openRun(path);
    settle();
  }
  void reload() {
    workspace_->reload(Slot::A);
    settle();
  }
  /// What the last save wrote of model A.
  ModelRun saved() {
    const std::lock_guard lock(script_->mutex);
    return script_->saved.a;
  }

 private slots:
  void init() {
    make();
    runner_->start();
  }
  void cleanup() { remove(); }

  /// Ctrl+S in the midst of what takes long: the file is written, and no window is measured twice.
  void savingDoesNotStopWhatTakesLong() {
    open("demo:gqa");
    script_->windowMs = 100;
    QSignalSpy saved(workspace_.get(), &Workspace::runSaved);
    workspace_->measureSensitivity(Slot::A, {parseSpec("v:rank=4")});
    QTRY_VERIFY(workspace_->slot(Slot::A).sensitivity.value);
    workspace_->saveRun("/runs/midst.kvl.h5");
    QVERIFY(workspace_->saving());
    QTRY_COMPARE(saved.size(), 1);
    QVERIFY(!workspace_->slot(Slot::A).sensitivity.value->complete());
    QCOMPARE(workspace_->activity().measuring, NeedKind::Sensitivity);
    {
      const std::lock_guard lock(script_->mutex);
      QVERIFY(script_->saved.a.sensitivity && script_->saved.a.sensitivity->windows >= 1);
    }
    settle();
    QVERIFY(workspace_->slot(Slot::A).sensitivity.value->complete());
    QCOMPARE(script_->count("sensitivity v:rank=4"), 1);
    QVERIFY(workspace_->dirty());  // what came since is not in the file

    workspace_->allocate(Slot::A, {.budgetPercent = 1});
    QTRY_VERIFY(workspace_->slot(Slot::A).layerCosts);
    workspace_->saveRun("/runs/midst.kvl.h5");
    QTRY_COMPARE(saved.size(), 2);
    QVERIFY(!workspace_->slot(Slot::A).allocation.value);
    {
      const std::lock_guard lock(script_->mutex);
      QVERIFY(script_->saved.a.layerCosts && !script_->saved.a.layerCosts->windows.empty());
    }
    settle();
    QCOMPARE(script_->count("allocate"), 1);
  }

  /// A slider that moves while a file waits to be written in the midst is still heard at once.
  void aSaveInTheMidstHoldsNothingUp() {
    open("demo:gqa");
    script_->windowMs = 2000;
    workspace_->measureSensitivity(Slot::A, {parseSpec("v:rank=4")});
    QTRY_COMPARE(script_->count("sensitivity v:rank=4"), 1);
    workspace_->saveRun("/runs/midst.kvl.h5");
    script_->windowMs = 1;
    QElapsedTimer clock;
    clock.start();
    moveV(6, 1);
    QTRY_COMPARE(script_->count("evaluate v:rank=6"), 1);
    QVERIFY(clock.elapsed() < 1500);
    QCOMPARE(script_->count("save /runs/midst.kvl.h5"), 1);
    settle();
  }

  /// What was stopped goes on where it was, also where it comes from a run.
  void whatTakesLongGoesOnWhereItWas() {
    open("demo:gqa");
    script_->windows = 8;
    MeasurementSettings settings = workspace_->settings();
    settings.context = 64;
    workspace_->setSettings(settings);
    settle();
    const auto windows = [&](int from) {
      int count = 0;
      for (int window = from; window <= 8; ++window)
        count += script_->count("window " + std::to_string(window));
      return count;
    };
    const auto stopAfterSome = [&](auto seen) {
      script_->windowMs = 60;
      QTRY_VERIFY(seen() >= 3);
      workspace_->cancel();
      settle();
      script_->windowMs = 1;
      QVERIFY(seen() < 8);
    };
    const auto sensitive = [&] {
      const SensitivityPtr& value = workspace_->slot(Slot::A).sensitivity.value;
      return value ? value->windows : 0;
    };
    workspace_->measureSensitivity(Slot::A, {parseSpec("v:rank=4")});
    stopAfterSome(sensitive);
    const int known = sensitive();
    workspace_->measureSensitivity(Slot::A, {parseSpec("v:rank=4")});
    settle();
    QCOMPARE(sensitive(), 8);
    // The one that was stopped in its midst twice, and the one before it where its news came late.
    QVERIFY2(windows(1) == 9 || windows(1) == 10, qPrintable(QString::number(windows(1))));
    QCOMPARE(script_->count("window " + std::to_string(known)), 1);

    const auto costs = [&] {
      const LayerCostsPtr& value = workspace_->slot(Slot::A).layerCosts;
      return value ? static_cast<int>(value->windows.size()) : 0;
    };
    const int before = windows(1);
    workspace_->allocate(Slot::A, {.budgetPercent = 1});
    stopAfterSome(costs);
    workspace_->saveRun("/runs/stopped.kvl.h5");
    settle();
    workspace_->openRun("/runs/stopped.kvl.h5");
    settle();
    QVERIFY(costs() >= 3);
    workspace_->reload(Slot::A);
    settle();
    workspace_->allocate(Slot::A, {.budgetPercent = 1});
    settle();
    QVERIFY(workspace_->slot(Slot::A).allocation.value);
    const int anew = windows(1) - before;
    QVERIFY2(anew == 9 || anew == 10, qPrintable(QString::number(anew)));
  }

  /// A model that is opened anew, as from a recovered run, has what was measured of it before.
  void aModelOpenedAnewKeepsItsFigures() {
    open("demo:gqa");
    moveV(6, 1);
    settle();
    workspace_->findSafeRatios(Slot::A, {.curves = {"v"}, .verdict = false});
    workspace_->measureSensitivity(Slot::A, {parseSpec("v:rank=4")});
    settle();
    const std::size_t plans = workspace_->slot(Slot::A).plans.size();
    const auto asked = [&] {
      return std::pair(script_->count("evaluate v:rank=6") + script_->count("evaluate v:rank=4"),
                       script_->count("sensitivity v:rank=4"));
    };
    const auto before = asked();
    workspace_->saveRun("/runs/whole.kvl.h5");
    settle();
    const auto isWhole = [&] {
      const SlotState& state = workspace_->slot(Slot::A);
      return state.phase == Phase::Open && state.plans.size() == plans && state.sweep.value &&
             sweepCurrent(state, workspace_->settings()) && state.sensitivity.value &&
             comparablePlans(state, workspace_->settings()).size() == plans &&
             planCurrent(state, workspace_->settings());
    };
    for (const bool recovered : {true, false}) {
      if (recovered)
        workspace_->recoverRun("/runs/whole.kvl.h5");
      else
        workspace_->openRun("/runs/whole.kvl.h5");
      settle();
      workspace_->reload(Slot::A);
      settle();
      QVERIFY(isWhole());
      QCOMPARE(asked(), before);
      QCOMPARE(workspace_->worthSaving(), recovered);  // else a file holds it
      // And once more, from what is open.
      moveV(6, workspace_->newGesture());
      workspace_->reload(Slot::A);
      settle();
      QVERIFY(workspace_->slot(Slot::A).plans.size() >= plans);
    }
    // On other settings they wait; on their own again they are there.
    MeasurementSettings settings = workspace_->settings();
    const MeasurementSettings own = settings;
    settings.context = 64;
    workspace_->openRun("/runs/whole.kvl.h5");
    settle();
    workspace_->setSettings(settings);
    workspace_->reload(Slot::A);
    settle();
    QCOMPARE(comparablePlans(workspace_->slot(Slot::A), settings).size(), std::size_t(1));
    workspace_->saveRun("/runs/other.kvl.h5");
    settle();
    {
      const std::lock_guard lock(script_->mutex);
      QCOMPARE(script_->saved.a.plans.size(), plans + 1);
      QVERIFY(script_->saved.a.sweep && script_->saved.a.sensitivity);
      for (const SweepPoint& point : script_->saved.a.sweep->curves.front().points)
        QVERIFY(point.plan >= 0);
    }
    workspace_->setSettings(own);
    settle();
    QCOMPARE(asked().second, before.second);
    QVERIFY(comparablePlans(workspace_->slot(Slot::A), own).size() >= plans);
  }

  /// A run that was opened while the one before was still being saved is not taken for it: another
  /// Save would write it over that one.
  void whatIsSavedLateIsNotWhatIsOpen() {
    open("demo:gqa");
    workspace_->saveRun("/runs/first.kvl.h5");
    settle();
    script_->loadMs = 300;
    workspace_->openRun("/runs/second.kvl.h5");
    QTRY_COMPARE(script_->count("load /runs/second.kvl.h5"), 1);
    workspace_->saveRun("/runs/first.kvl.h5");
    settle();
    QCOMPARE(script_->count("save /runs/first.kvl.h5"), 2);
    QCOMPARE(workspace_->runPath(), "/runs/second.kvl.h5");
    QVERIFY(!workspace_->dirty());
  }

  /// A model that takes long to open does not keep a run from being saved, nor is it stopped.
  void savingDoesNotStopAModelThatOpens() {
    open("demo:gqa");
    script_->openMs = 200;
    workspace_->openModel("demo:mla", Slot::B);
    QTRY_COMPARE(script_->count("open demo:mla"), 1);
    workspace_->saveRun("/runs/a.kvl.h5");
    QCOMPARE(workspace_->activity().title, "Opening demo:mla");
    settle();
    QCOMPARE(script_->count("save /runs/a.kvl.h5"), 1);
    QVERIFY(workspace_->slot(Slot::B).model);
    QCOMPARE(workspace_->runPath(), "/runs/a.kvl.h5");
  }

  /// The model of a run that moved since, and is found again by the person.
  void aRunWhoseModelMovedGoesOn() {
    open("/models/here");
    moveV(6, 1);
    settle();
    workspace_->saveRun("/runs/moved.kvl.h5");
    settle();
    workspace_->openRun("/runs/moved.kvl.h5");
    settle();
    const std::size_t plans = workspace_->slot(Slot::A).plans.size();
    QSignalSpy failed(workspace_.get(), &Workspace::failed);
    workspace_->openModel("/models/missing", Slot::A);  // as it is where the folder has gone
    settle();
    QCOMPARE(failed.size(), 1);
    QCOMPARE(workspace_->slot(Slot::A).phase, Phase::Saved);
    QCOMPARE(workspace_->slot(Slot::A).plans.size(), plans);
    workspace_->openModel("/models/elsewhere", Slot::A);
    settle();
    QCOMPARE(workspace_->slot(Slot::A).phase, Phase::Open);
    QCOMPARE(comparablePlans(workspace_->slot(Slot::A), workspace_->settings()).size(), plans);
    QCOMPARE(script_->count("evaluate v:rank=6"), 1);
  }

  /// Other weights in the same folder: what was measured is not theirs, and that is said.
  void figuresOfOtherWeightsAreLeftOut() {
    open("demo:gqa");
    moveV(6, 1);
    settle();
    workspace_->saveRun("/runs/old.kvl.h5");
    settle();
    workspace_->openRun("/runs/old.kvl.h5");
    settle();
    QVERIFY(workspace_->slot(Slot::A).plans.size() > 1);
    QSignalSpy told(workspace_.get(), &Workspace::sessionDamaged);
    script_->weights = 1;
    workspace_->reload(Slot::A);
    settle();
    QCOMPARE(told.size(), 1);
    QVERIFY(told.front().front().toString().contains("other weights"));
    QCOMPARE(workspace_->slot(Slot::A).plans.size(), std::size_t(1));  // measured anew
    QVERIFY(!workspace_->slot(Slot::A).earlier.any());
  }

  void aSavedRunIsReopenedWithWhatItsModelCanHave() {
    open("demo:gqa");
    moveV(6, 1);
    settle();
    workspace_->saveRun("/runs/a.kvl.h5");
    settle();
    {
      // As a forged file claims: more layers, and a plan of one that the model has not.
      const std::lock_guard lock(script_->mutex);
      script_->saved.a.model.numLayers = 9;
    }
    workspace_->openRun("/runs/a.kvl.h5");
    settle();
    QCOMPARE(workspace_->activeSlot().model->numLayers, 9);
    PlanDraft draft = withLayer(workspace_->activeSlot().draft, Target::V, 8, LayerOverride{5});
    workspace_->editPlan(draft, workspace_->newGesture());
    workspace_->reload(Slot::A);
    settle();
    QCOMPARE(workspace_->activeSlot().phase, Phase::Open);
    QCOMPARE(workspace_->activeSlot().model->numLayers, 2);
    (void)resolvePlan(specsOf(workspace_->activeSlot().draft), *workspace_->activeSlot().model);
  }

  void savingDoesNotWaitForAMeasurement() {
    open("demo:gqa");
    script_->windowMs = 2000;
    moveV(1, 1);
    QTRY_VERIFY(workspace_->activity().measuring == NeedKind::Plan);
    QSignalSpy saved(workspace_.get(), &Workspace::runSaved);
    workspace_->saveRun("/runs/b.kvl.h5");
    QTRY_COMPARE_WITH_TIMEOUT(saved.count(), 1, 1000);
    script_->windowMs = 1;
    settle();
    QCOMPARE(delta(), 7.0);  // and measuring went on afterwards
  }

  /// F5 computes in the type of the run, so that its figures can be compared.
  void aRunIsReopenedInItsOwnType() {
    open("/models/here");
    moveV(6, 1);
    settle();
    save("/runs/b.kvl.h5");
    {
      const std::lock_guard lock(script_->mutex);
      script_->saved.a.model.computeDtype = "bfloat16";
    }
    openRun("/runs/b.kvl.h5");
    const std::size_t plans = a().plans.size();
    reload();
    QCOMPARE(a().model->computeDtype, "bfloat16");
    QCOMPARE(comparablePlans(a(), workspace_->settings()).size(), plans);
    QCOMPARE(workspace_->runPath(), "/runs/b.kvl.h5");
    openRun("/runs/b.kvl.h5");
    open("/elsewhere/here");  // the same folder, moved
    QCOMPARE(comparablePlans(a(), workspace_->settings()).size(), plans);

    // Where it is opened in another type, its figures go, and no save takes their file.
    openRun("/runs/b.kvl.h5");
    QSignalSpy told(workspace_.get(), &Workspace::sessionDamaged);
    open("/models/copy");
    QCOMPARE(a().model->computeDtype, "float32");
    QCOMPARE(a().plans.size(), std::size_t(1));
    QVERIFY(workspace_->runPath().isEmpty());
    QCOMPARE(told.size(), 1);
    QVERIFY(told.front().front().toString().contains("bfloat16"));
    QVERIFY(told.front().front().toString().contains("b.kvl.h5 still holds it"));
  }

  /// A fine-tune with the same config and sizes, on a text that the base was not measured on: its
  /// hash tells, and until then a file holds what was measured as the base's.
  void theHashTellsOtherWeightsApart() {
    open("/models/base");
    moveV(6, 1);
    settle();
    save("/runs/base.kvl.h5");
    const std::size_t plans = a().plans.size();
    setContext(64);
    script_->weights = 1;
    script_->windowMs = 60;
    QSignalSpy told(workspace_.get(), &Workspace::sessionDamaged);
    workspace_->openModel("/models/tuned", Slot::A);
    QTRY_VERIFY(a().model->name == "/models/tuned");
    QCOMPARE(a().earlier.proof, Proof::Awaited);
    QSignalSpy done(workspace_.get(), &Workspace::runSaved);
    workspace_->saveRun("/runs/base.kvl.h5");
    QTRY_COMPARE(done.size(), 1);
    QCOMPARE(saved().model.name, "/models/base");
    QCOMPARE(saved().plans.size(), plans);
    script_->windowMs = 1;
    settle();
    QVERIFY(!a().earlier.any());
    QCOMPARE(told.size(), 1);
    QVERIFY(told.front().front().toString().contains("other weights"));
    QVERIFY(workspace_->runPath().isEmpty());
    save("/runs/tuned.kvl.h5");
    QCOMPARE(saved().model.name, "/models/tuned");
    QCOMPARE(saved().plans.size(), std::size_t(1));
  }

  /// Neither hash nor perplexity can be compared: not written as the open model's.
  void whatNothingProvesIsNotWritten() {
    open("/models/base");
    moveV(6, 1);
    settle();
    save("/runs/base.kvl.h5");
    {
      const std::lock_guard lock(script_->mutex);
      script_->saved.a.model.weightFiles[0].sha256.clear();  // saved before it was hashed
    }
    openRun("/runs/base.kvl.h5");
    const std::size_t plans = a().plans.size();
    setContext(64);
    QSignalSpy told(workspace_.get(), &Workspace::sessionDamaged);
    reload();
    QCOMPARE(a().earlier.proof, Proof::None);
    QCOMPARE(told.size(), 1);
    QVERIFY(workspace_->runPath().isEmpty());
    save("/runs/other.kvl.h5");
    QCOMPARE(saved().plans.size(), std::size_t(1));
    QCOMPARE(saved().plans.front().context, 64);
    // On their own settings the perplexity tells after all.
    setContext(0);
    settle();
    QCOMPARE(comparablePlans(a(), workspace_->settings()).size(), plans);
    save("/runs/other.kvl.h5");
    QCOMPARE(saved().plans.size(), plans + 1);
  }

  /// Equal hashes and another perplexity: not "other weights", whatever the folder is called.
  void theSameWeightsComputedOtherwiseAreToldApart() {
    open("/models/here");
    moveV(6, 1);
    settle();
    save("/runs/here.kvl.h5");
    openRun("/runs/here.kvl.h5");
    script_->otherDevice = true;
    QSignalSpy told(workspace_.get(), &Workspace::sessionDamaged);
    open("/models/elsewhere");
    QCOMPARE(told.size(), 1);
    const QString line = told.front().front().toString();
    QVERIFY2(line.contains("computed otherwise") && !line.contains("other weights"),
             qPrintable(line));
    QVERIFY(!a().earlier.any());
    QVERIFY(workspace_->runPath().isEmpty());
  }

  /// A file that is still being written as its figures are left is not what is open then.
  void closingLeavesTheFile() {
    open("demo:gqa");
    moveV(6, 1);
    settle();
    save("/runs/a.kvl.h5");
    workspace_->saveRun("/runs/a.kvl.h5");
    workspace_->closeModel(Slot::A);
    settle();
    open("demo:mla");
    QVERIFY(workspace_->runPath().isEmpty());
  }

  /// A search that measured a plan of its own, which was measured before, too.
  void safeRatiosOutliveAReload() {
    open("demo:gqa");
    moveV(6, 1);
    settle();
    workspace_->findSafeRatios(Slot::A, {.curves = {"v"}, .verdict = true});
    settle();
    reload();
    QVERIFY(sweepCurrent(a(), workspace_->settings()));
    QVERIFY(a().sweep.value->verdict);
  }

  /// The same plan in another context stands before the sweep's.
  void aSweepsPointsNameTheirOwnPlansInAFile() {
    open("demo:gqa");
    setContext(64);
    settle();
    moveV(6, 1);
    settle();
    setContext(0);
    settle();
    workspace_->findSafeRatios(Slot::A, {.curves = {"v"}, .verdict = false});
    settle();
    save("/runs/sweep.kvl.h5");
    const ModelRun run = saved();
    for (const SweepPoint& point : run.sweep->curves.front().points) {
      QVERIFY(point.plan >= 0);
      const Evaluation& plan = run.plans[static_cast<std::size_t>(point.plan)];
      QCOMPARE(plan.context, run.sweep->setting.context);
      QCOMPARE(plan.specText, point.specText);
    }
  }

  void costsOfAnotherContextAreNotTakenForNewerOnes() {
    open("demo:gqa");
    workspace_->allocate(Slot::A, {.budgetPercent = 1});
    settle();
    QCOMPARE(a().layerCosts->setting.context, 512);
    setContext(64);
    settle();
    script_->windowMs = 60;
    workspace_->allocate(Slot::A, {.budgetPercent = 1});
    QTRY_COMPARE(script_->count("allocate"), 2);
    QTRY_COMPARE(a().layerCosts->setting.context, 64);
    workspace_->cancel();
    settle();
    QVERIFY(a().layerCosts->windows.size() < 6);
  }

  void passagesOfARunAreShownAndSavedOnce() {
    open("demo:gqa");
    const PassageWish wish{.window = 2, .sentence = {}};
    const auto looked = [&] { return script_->count("look v:rank=4 window 2 "); };
    workspace_->lookAt(Slot::A, Looker::Text, wish);
    settle();
    save("/runs/look.kvl.h5");
    openRun("/runs/look.kvl.h5");
    reload();
    workspace_->lookAt(Slot::A, Looker::Text, wish);
    settle();
    QCOMPARE(looked(), 1);
    QVERIFY(passageCurrent(a(), workspace_->settings(), Looker::Text));
    save("/runs/look.kvl.h5");
    QCOMPARE(saved().passages.size(), std::size_t(1));
    // On other settings it waits.
    openRun("/runs/look.kvl.h5");
    setContext(64);
    reload();
    QVERIFY(a().passages.empty());
    workspace_->lookAt(Slot::A, Looker::Text, wish);
    settle();
    QCOMPARE(looked(), 2);
    save("/runs/look.kvl.h5");
    QCOMPARE(saved().passages.size(), std::size_t(2));
    workspace_->lookAt(Slot::A, Looker::Text, std::nullopt);
    setContext(0);
    settle();
    workspace_->lookAt(Slot::A, Looker::Text, wish);
    settle();
    QCOMPARE(looked(), 2);
    QVERIFY(passageCurrent(a(), workspace_->settings(), Looker::Text));
  }
};

QTEST_GUILESS_MAIN(OpenedAnewTest)
#include "opened_anew_test.moc"
