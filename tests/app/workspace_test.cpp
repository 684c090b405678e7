// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/workspace.hpp"

#include <QSignalSpy>
#include <QTest>
#include <algorithm>

#include "app/support/fake_workspace.hpp"
#include "compression/plan/spec.hpp"

using namespace kvloupe;
using kvloupe::test::FakeWorkspace;

class WorkspaceTest : public QObject, FakeWorkspace {
  Q_OBJECT

  double delta() const { return workspace_->activeSlot().current.value->figures.deltaPplPercent; }

 private slots:
  void init() {
    make();
    runner_->start();
  }
  void cleanup() { remove(); }

  void openingMeasuresEverythingInOrder() {
    open("demo:gqa");
    const std::vector<std::string> expected = {"open demo:gqa", "analyse", "evaluate untouched",
                                               "evaluate v:rank=4", "hash"};
    QCOMPARE(script_->seen(), expected);
    const SlotState& state = workspace_->slot(Slot::A);
    QCOMPARE(state.phase, Phase::Open);
    QVERIFY(state.analysis.value->complete());
    QVERIFY(state.baseline.value->figures.complete());
    QCOMPARE(state.plans.size(), std::size_t(1));
    QCOMPARE(delta(), 4.0);  // V drops 4 of 8 dimensions
    QCOMPARE(state.model->weightFiles[0].sha256, "ab12");
    QVERIFY(workspace_->dirty());
    QVERIFY(!workspace_->activity().busy());
  }

  void anMlaModelStartsWithItsLatent() {
    open("demo:mla");
    const PlanDraft& draft = workspace_->activeSlot().draft;
    QCOMPARE(draft.find(Target::Latent)->rank, 8);
    QVERIFY(draft.find(Target::RopeKey)->untouched());
    QVERIFY(draft.find(Target::V)->untouched());
  }

  void movesOfOneDragMeasureOnce() {
    open("demo:gqa");
    const std::size_t before = script_->seen().size();
    for (const int rank : {5, 6, 7}) moveV(rank, 1);
    settle();
    QCOMPARE(script_->seen().size(), before + 1);
    QCOMPARE(delta(), 1.0);
    QCOMPARE(workspace_->undoGroup()->activeStack()->count(), 1);
  }

  void aMoveCancelsWhatRunsAndKeepsTheOldFigures() {
    open("demo:gqa");
    script_->windowMs = 400;
    moveV(2, 1);
    QTRY_VERIFY(workspace_->activity().measuring == NeedKind::Plan);
    QTRY_VERIFY(workspace_->activeSlot().current.value->figures.windows == 1);
    QCOMPARE(delta(), 6.0);
    script_->windowMs = 1;
    moveV(7, 2);
    QCOMPARE(delta(), 6.0);  // stale, until new ones replace them
    QVERIFY(!planCurrent(workspace_->activeSlot(), workspace_->settings()));
    settle();
    QCOMPARE(delta(), 1.0);
    QCOMPARE(workspace_->activeSlot().plans.size(), std::size_t(2));  // rank 2 never ended
  }

  void measuredPlansAreRecalledWithoutMeasuring() {
    open("demo:gqa");
    moveV(7, 1);
    settle();
    const std::size_t calls = script_->seen().size();
    workspace_->undoGroup()->undo();
    QCOMPARE(delta(), 4.0);
    settle();
    workspace_->undoGroup()->redo();
    QCOMPARE(delta(), 1.0);
    settle();
    QCOMPARE(script_->seen().size(), calls);
  }

  void theUntouchedPlanIsTheBaseline() {
    open("demo:gqa");
    const int evaluations = script_->count("evaluate untouched");
    workspace_->editPlan(untouchedDraft(workspace_->activeSlot().draft), 1);
    settle();
    QVERIFY(planCurrent(workspace_->activeSlot(), workspace_->settings()));
    QCOMPARE(script_->count("evaluate untouched"), evaluations);
  }

  void aPlanWaitsForTheAnalysis() {
    script_->windowMs = 800;
    workspace_->openModel("demo:gqa", Slot::A);
    QTRY_VERIFY(workspace_->activity().measuring == NeedKind::Analysis);
    moveV(6, 1);
    QTest::qWait(250);
    QVERIFY(workspace_->activity().measuring == NeedKind::Analysis);
    QCOMPARE(script_->count("analyse"), 1);  // it was not disturbed
    script_->windowMs = 1;
    settle();
    QCOMPARE(delta(), 2.0);
    // What the person asked for comes before the baseline.
    const std::vector<std::string> calls = script_->seen();
    const auto plan = std::find_if(calls.begin(), calls.end(), [](const std::string& call) {
      return call.starts_with("evaluate v:rank=6");
    });
    const auto baseline = std::find(calls.begin(), calls.end(), "evaluate untouched");
    QVERIFY(plan < baseline);
  }

  /// Opened together, both are drawn before either's plan takes its time.
  void bothAnalysesComeBeforeAPlanThatNobodyAskedFor() {
    workspace_->openModel("demo:gqa", Slot::A);
    workspace_->openModel("demo:gqa", Slot::B);
    settle();
    const std::vector<std::string> calls = script_->seen();
    const auto evaluated = std::find_if(calls.begin(), calls.end(), [](const std::string& call) {
      return call.starts_with("evaluate");
    });
    const auto analysed = [](const std::string& call) { return call.starts_with("analyse"); };
    QCOMPARE(std::count_if(calls.begin(), evaluated, analysed), 2);
    QCOMPARE(std::count_if(evaluated, calls.end(), analysed), 0);
  }

  void cancelStopsAndResumeGoesOn() {
    script_->windowMs = 100;
    workspace_->openModel("demo:gqa", Slot::A);
    QTRY_VERIFY(workspace_->activity().measuring == NeedKind::Analysis);
    workspace_->cancel();
    QTRY_VERIFY(workspace_->settled());
    QVERIFY(workspace_->paused());
    QCOMPARE(script_->count("evaluate untouched"), 0);
    script_->windowMs = 1;
    workspace_->resume();
    settle();
    QCOMPARE(workspace_->activeSlot().plans.size(), std::size_t(1));
  }

  void aModelThatDoesNotOpenLeavesTheOther() {
    open("demo:gqa");
    QSignalSpy failures(workspace_.get(), &Workspace::failed);
    open("/models/missing", Slot::B);
    QCOMPARE(failures.count(), 1);
    const auto failure = failures[0][0].value<Failure>();
    QCOMPARE(failure.unchanged, "Nothing was loaded. Model A and its results are unchanged.");
    QVERIFY(workspace_->slot(Slot::B).failure.has_value());
    QCOMPARE(workspace_->slot(Slot::A).plans.size(), std::size_t(1));
    QCOMPARE(workspace_->active(), Slot::A);
    workspace_->dismissFailure(Slot::B);
    QVERIFY(!workspace_->slot(Slot::B).failure);
  }

  void aFailedMeasurementIsSaidOnceAndTriedAgainOnDemand() {
    script_->evaluateFails = true;
    QSignalSpy failures(workspace_.get(), &Workspace::failed);
    open("demo:gqa");
    // The baseline fails; the plan, another question, fails too; none is tried again by itself.
    const qsizetype said = failures.count();
    QVERIFY(said >= 1 && said <= 2);
    QTest::qWait(200);
    QCOMPARE(failures.count(), said);
    script_->evaluateFails = false;
    workspace_->resume();
    settle();
    QCOMPARE(workspace_->activeSlot().plans.size(), std::size_t(1));
  }

  void changedSettingsMeasureAgain() {
    open("demo:gqa");
    MeasurementSettings settings = workspace_->settings();
    settings.context = 128;
    workspace_->setSettings(settings);
    QVERIFY(!analysisCurrent(workspace_->activeSlot(), settings));
    QVERIFY(workspace_->activeSlot().analysis.value);  // stale, but there
    settle();
    QCOMPARE(workspace_->activeSlot().analysis.value->context, 128);
    QCOMPARE(workspace_->activeSlot().current.value->context, 128);
    QCOMPARE(script_->count("analyse"), 2);
  }

  void anotherProtocolMeasuresThePlanAgain() {
    open("demo:gqa");
    MeasurementSettings settings = workspace_->settings();
    settings.protocol = "llama.cpp";
    workspace_->setSettings(settings);
    QVERIFY(!baselineCurrent(workspace_->activeSlot(), settings));
    settle();
    QCOMPARE(workspace_->activeSlot().baseline.value->protocol, "llama.cpp");
    QCOMPARE(workspace_->activeSlot().current.value->protocol, "llama.cpp");
    QVERIFY(workspace_->activeSlot().current.value->context <= 512);
  }

  void aFolderIsMeasuredOnTheDemosTextsUntilOthersAreChosen() {
    open("/models/llama");
    const SlotState& state = workspace_->activeSlot();
    QVERIFY(state.analysis.value->text.path.ends_with("resources/demo/calibration.txt"));
    QVERIFY(state.baseline.value->text.path.ends_with("resources/demo/evaluation.txt"));
    MeasurementSettings settings = workspace_->settings();
    settings.calibrationPath = "/texts/c.txt";
    workspace_->setSettings(settings);
    settle();
    QCOMPARE(workspace_->activeSlot().analysis.value->text.path, "/texts/c.txt");
  }

  void twoModelsAreBothMeasured() {
    open("demo:gqa");
    open("demo:mla", Slot::B);
    QCOMPARE(workspace_->active(), Slot::B);
    QCOMPARE(workspace_->slot(Slot::B).plans.size(), std::size_t(1));
    workspace_->setActive(Slot::A);
    moveV(5, 1);
    settle();
    QCOMPARE(workspace_->slot(Slot::A).plans.size(), std::size_t(2));
    workspace_->closeModel(Slot::A);
    settle();
    QCOMPARE(workspace_->active(), Slot::B);
    QCOMPARE(workspace_->slot(Slot::A).phase, Phase::Empty);
  }

  void everyModelHasItsOwnHistory() {
    open("demo:gqa");
    moveV(7, 1);
    settle();
    open("demo:mla", Slot::B);
    QVERIFY(!workspace_->undoGroup()->canUndo());
    workspace_->setActive(Slot::A);
    QVERIFY(workspace_->undoGroup()->canUndo());
    workspace_->undoGroup()->undo();
    QCOMPARE(workspace_->activeSlot().draft.find(Target::V)->rank, 4);
    workspace_->closeModel(Slot::B);
    settle();
    QVERIFY(workspace_->undoGroup()->canRedo());
    open("demo:gqa");  // another model in its place: that history is over
    QVERIFY(!workspace_->undoGroup()->canRedo());
  }

  void passagesAreReadWhileSomebodyLooks() {
    open("demo:gqa");
    const std::vector<std::string> before = script_->seen();
    QVERIFY(std::none_of(before.begin(), before.end(),
                         [](const std::string& call) { return call.starts_with("look"); }));
    workspace_->lookAt(Slot::A, Looker::Text, PassageWish{.window = 2, .sentence = {}});
    settle();
    QCOMPARE(script_->seen().back(), "look v:rank=4 window 2 ");
    const Look& look = workspace_->slot(Slot::A).looks[indexOf(Looker::Text)];
    QCOMPARE(look.seen.value->window, 2);
    QVERIFY(passageCurrent(workspace_->slot(Slot::A), workspace_->settings(), Looker::Text));
    // Before the plan is measured over the whole text, and what was seen is stale until then.
    moveV(6, 1);
    QVERIFY(!passageCurrent(workspace_->slot(Slot::A), workspace_->settings(), Looker::Text));
    QVERIFY(look.seen.value);
    settle();
    const std::vector<std::string> calls = script_->seen();
    const auto looked = std::find(calls.begin(), calls.end(), "look v:rank=6 window 2 ");
    const auto measured = std::find(calls.begin(), calls.end(), "evaluate v:rank=6");
    QVERIFY(looked != calls.end() && measured != calls.end() && looked < measured);
    // Nobody looks: nothing is read for the next plan.
    workspace_->lookAt(Slot::A, Looker::Text, std::nullopt);
    moveV(5, 2);
    settle();
    QCOMPARE(script_->count("look v:rank=5 window 2 "), 0);
    QCOMPARE(script_->count("evaluate v:rank=5"), 1);
  }

  void aGlanceDoesNotThrowASensitivityAway() {
    open("demo:gqa");
    script_->windowMs = 100;
    workspace_->measureSensitivity(Slot::A, {parseSpec("v:rank=4")});
    QTRY_COMPARE(script_->count("sensitivity v:rank=4"), 1);
    workspace_->lookAt(Slot::A, Looker::Text, PassageWish{.window = 1, .sentence = {}});
    settle();
    QCOMPARE(script_->count("sensitivity v:rank=4"), 1);
    QVERIFY(workspace_->slot(Slot::A).sensitivity.value->complete());
    QCOMPARE(script_->seen().back(), "look v:rank=4 window 1 ");
  }

  void whatIsStoppedIsMeasuredWhenAskedAgain_data() {
    QTest::addColumn<int>("kind");
    const std::pair<const char*, NeedKind> kinds[] = {{"analysis", NeedKind::Analysis},
                                                      {"baseline", NeedKind::Baseline},
                                                      {"plan", NeedKind::Plan},
                                                      {"safe ratios", NeedKind::Sweep},
                                                      {"sensitivity", NeedKind::Sensitivity},
                                                      {"allocation", NeedKind::Allocation},
                                                      {"a passage", NeedKind::Text}};
    for (const auto& [name, kind] : kinds) QTest::newRow(name) << static_cast<int>(kind);
  }

  /// Each measurement is stopped in its midst, nothing goes on by itself, and asked for again it
  /// comes to its end.
  void whatIsStoppedIsMeasuredWhenAskedAgain() {
    QFETCH(int, kind);
    const auto measured = static_cast<NeedKind>(kind);
    const auto ask = [&] {
      if (measured == NeedKind::Sweep)
        workspace_->findSafeRatios(Slot::A, {.curves = {"v"}, .verdict = false});
      else if (measured == NeedKind::Sensitivity)
        workspace_->measureSensitivity(Slot::A, {parseSpec("v:rank=4")});
      else if (measured == NeedKind::Allocation)
        workspace_->allocate(Slot::A, {.budgetPercent = 1});
      else if (measured == NeedKind::Text)
        workspace_->lookAt(Slot::A, Looker::Text, PassageWish{.window = 1, .sentence = {}});
      else
        workspace_->resume();
    };
    const bool first = measured == NeedKind::Analysis || measured == NeedKind::Baseline ||
                       measured == NeedKind::Plan;
    if (!first) open("demo:gqa");
    script_->windowMs = 40;
    if (first)
      workspace_->openModel("demo:gqa", Slot::A);
    else
      ask();
    QTRY_COMPARE(workspace_->activity().measuring, std::optional(measured));
    QTest::qWait(60);
    workspace_->cancel();
    settle();
    QVERIFY(!workspace_->activity().busy());
    const std::size_t calls = script_->seen().size();
    QTest::qWait(100);
    QCOMPARE(script_->seen().size(), calls);
    script_->windowMs = 1;
    ask();
    if (measured == NeedKind::Text) workspace_->resume();
    settle();
    const SlotState& state = workspace_->slot(Slot::A);
    const MeasurementSettings& settings = workspace_->settings();
    QVERIFY(analysisCurrent(state, settings) && baselineCurrent(state, settings));
    QVERIFY(planCurrent(state, settings));
    if (measured == NeedKind::Sweep) QVERIFY(state.sweep.value->complete);
    if (measured == NeedKind::Sensitivity) QVERIFY(state.sensitivity.value->complete());
    if (measured == NeedKind::Allocation) QVERIFY(state.allocation.value);
    if (measured == NeedKind::Text) QVERIFY(passageCurrent(state, settings, Looker::Text));
  }

  /// A run that is opened while a model streams is shown as it was saved: nothing that still comes
  /// from the model gets into it.
  void aRunIsOpenedWhileAModelStreams() {
    open("demo:gqa");
    workspace_->saveRun("/runs/still.kvl.h5");
    settle();
    script_->windowMs = 30;
    MeasurementSettings settings = workspace_->settings();
    settings.context = 64;
    workspace_->setSettings(settings);
    QTRY_COMPARE(workspace_->activity().measuring, std::optional(NeedKind::Analysis));
    QTest::qWait(50);
    workspace_->openRun("/runs/still.kvl.h5");
    settle();
    const SlotState& state = workspace_->slot(Slot::A);
    QCOMPARE(state.phase, Phase::Saved);
    QVERIFY(state.analysis.value->complete());
    QVERIFY(state.analysis.value->context != 64);
    QCOMPARE(state.plans.size(), std::size_t(1));
    const std::size_t calls = script_->seen().size();
    QTest::qWait(100);
    QCOMPARE(script_->seen().size(), calls);
  }

  void aStillCopyKeepsWhatItShows() {
    open("demo:gqa");
    script_->windowMs = 100;
    moveV(6, 1);
    QTRY_VERIFY(workspace_->activity().measuring == NeedKind::Plan);
    const std::unique_ptr<Workspace> copy = workspace_->still(Slot::A);
    const QString title = copy->activity().title;
    QVERIFY(!title.isEmpty());
    settle();
    QVERIFY(copy->activity().measuring == NeedKind::Plan);
    QCOMPARE(copy->activity().title, title);
    QVERIFY(!copy->slot(Slot::A).current.value ||
            !copy->slot(Slot::A).current.value->figures.complete() ||
            copy->slot(Slot::A).current.value->specText != "v:rank=6");
  }

  void aWishThatChangesCancelsTheOneThatRuns() {
    open("demo:gqa");
    script_->windowMs = 400;
    workspace_->lookAt(Slot::A, Looker::Text, PassageWish{.window = 1, .sentence = {}});
    QTRY_VERIFY(script_->count("look v:rank=4 window 1 ") == 1);
    script_->windowMs = 1;
    workspace_->lookAt(Slot::A, Looker::Text, PassageWish{.window = 3, .sentence = {}});
    settle();
    const Look& look = workspace_->slot(Slot::A).looks[indexOf(Looker::Text)];
    QCOMPARE(look.seen.value->window, 3);
    // A model that goes takes its passage along.
    workspace_->closeModel(Slot::A);
    settle();
    QVERIFY(!workspace_->slot(Slot::A).looks[indexOf(Looker::Text)].seen.value);
  }

  void aSentenceThatDoesNotFitIsToldInItsPlace() {
    open("demo:gqa");
    QSignalSpy failed(workspace_.get(), &Workspace::failed);
    PassageWish wish{.window = 0, .sentence = "a", .attention = HeadChoice{}};
    workspace_->lookAt(Slot::A, Looker::Attention, wish);
    settle();
    QVERIFY(failed.isEmpty());
    const SlotState& state = workspace_->slot(Slot::A);
    const QString key = passageKey(state, workspace_->settings(), Looker::Attention);
    QVERIFY(state.measurementFailures.at(key).summary.contains("does not fit"));
    wish.sentence = "a b";
    workspace_->lookAt(Slot::A, Looker::Attention, wish);
    settle();
    QCOMPARE(state.looks[indexOf(Looker::Attention)].seen.value->sentence, "a b");
  }

  void closingCancelsAnOpeningThatWaitsOrRuns() {
    open("demo:gqa");
    script_->openMs = 3000;
    workspace_->openModel("demo:mla", Slot::B);
    QTRY_COMPARE(script_->count("open demo:mla"), 1);
    workspace_->openModel("/models/llama", Slot::A);  // waits behind it
    workspace_->closeModel(Slot::A);
    workspace_->closeModel(Slot::B);
    QSignalSpy opened(workspace_.get(), &Workspace::modelOpened);
    QTRY_VERIFY_WITH_TIMEOUT(workspace_->settled(), 1500);
    QCOMPARE(script_->count("open /models/llama"), 0);
    QCOMPARE(opened.count(), 0);
    for (const Slot slot : {Slot::A, Slot::B}) {
      QCOMPARE(workspace_->slot(slot).phase, Phase::Empty);
      QVERIFY(workspace_->slot(slot).opening.isEmpty());
    }
    script_->openMs = 0;
    open("demo:gqa");
    QCOMPARE(workspace_->slot(Slot::A).phase, Phase::Open);
  }

  void aModelAskedForAfterARunStandsBesideIt() {
    open("demo:gqa");
    workspace_->saveRun("/runs/a.kvl.h5");
    settle();
    workspace_->openRun("/runs/a.kvl.h5");
    workspace_->openModel("demo:mla", Slot::B);
    settle();
    QCOMPARE(workspace_->slot(Slot::A).phase, Phase::Saved);
    QCOMPARE(workspace_->slot(Slot::B).phase, Phase::Open);
  }

  void aSavedRunShowsTheSameWithoutTheModel() {
    open("demo:gqa");
    moveV(7, 1);
    settle();
    workspace_->saveRun("/runs/a.kvl.h5");
    settle();
    QVERIFY(!workspace_->dirty());
    QCOMPARE(workspace_->runPath(), "/runs/a.kvl.h5");

    workspace_->openRun("/runs/a.kvl.h5");
    settle();
    const SlotState& state = workspace_->activeSlot();
    QCOMPARE(state.phase, Phase::Saved);
    QCOMPARE(state.plans.size(), std::size_t(2));
    QCOMPARE(state.draft.find(Target::V)->rank, 7);
    QCOMPARE(delta(), 1.0);
    QCOMPARE(state.analysis.value->taps.size(), std::size_t(8));
    QVERIFY(!workspace_->dirty());
    const std::size_t calls = script_->seen().size();
    moveV(4, 1);  // measured before: recalled
    QCOMPARE(delta(), 4.0);
    moveV(3, 2);  // not measured, and cannot be
    settle();
    QCOMPARE(script_->seen().size(), calls);
  }

  void aRunBesideIsNotUnsaved() {
    open("demo:gqa");
    moveV(7, 1);
    settle();
    QVERIFY(workspace_->worthSaving(Slot::A));
    workspace_->saveRun("/runs/a.kvl.h5");
    settle();
    workspace_->openRunBeside("/runs/a.kvl.h5");
    settle();
    QCOMPARE(workspace_->slot(Slot::B).plans.size(), std::size_t(2));
    QVERIFY(!workspace_->dirty());
    QVERIFY(!workspace_->worthSaving());
    moveV(6, 2);
    settle();
    QVERIFY(workspace_->worthSaving(Slot::A));
    QVERIFY(!workspace_->worthSaving(Slot::B));
  }

  void aFailedSaveKeepsTheRunUnsaved() {
    open("demo:gqa");
    script_->saveFails = true;
    QSignalSpy failures(workspace_.get(), &Workspace::failed);
    workspace_->saveRun("/full/a.kvl.h5");
    settle();
    QCOMPARE(failures.count(), 1);
    QVERIFY(workspace_->dirty());
    QVERIFY(workspace_->runPath().isEmpty());
    script_->saveFails = false;
    workspace_->saveRun("/full/a.kvl.h5");
    settle();
    QVERIFY(!workspace_->dirty());
  }
};

QTEST_GUILESS_MAIN(WorkspaceTest)
#include "workspace_test.moc"
