// SPDX-License-Identifier: GPL-3.0-or-later
// Plans of the workspace: what the core refuses, layers apart, allocation, names, files.
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include "app/support/fake_workspace.hpp"
#include "compression/plan/accounting.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "panels/plan_words.hpp"
#include "window/kept_plans.hpp"
#include "window/plans_presenter.hpp"
#include "window/presenters.hpp"
#include "window/safe_ratio_presenter.hpp"
#include "workspace/sensitivity_override.hpp"
#include "workspace/tolerant_layers.hpp"

using namespace kvloupe;
using kvloupe::test::fakeModel;
using kvloupe::test::FakeWorkspace;

namespace {

ModelInfo deep() {  // the shape of demo:gqa
  ModelInfo model = fakeModel("demo:gqa");
  model.numLayers = 6;
  model.headDim = model.vHeadDim = 64;
  model.qkvBias = true;
  return model;
}

std::vector<CompressionSpec> parsed(const std::vector<std::string>& texts) {
  std::vector<CompressionSpec> specs;
  for (const std::string& text : texts) specs.push_back(parseSpec(text));
  return specs;
}

}  // namespace

class PlansTest : public QObject, FakeWorkspace {
  Q_OBJECT

  const PlanDraft& draft() { return workspace_->activeSlot().draft; }
  std::string specs() { return specText(specsOf(draft())); }
  void edit(const PlanDraft& next) { workspace_->editPlan(next, workspace_->newGesture()); }

 private slots:
  void init() {
    make();
    runner_->start();
  }
  void cleanup() { remove(); }

  void plansComeBackAsTheControlsHadThem_data() {
    QTest::addColumn<QStringList>("specs");
    QTest::addColumn<bool>("shown");  // by the controls, whole
    const auto row = [](const char* name, const QStringList& specs, bool shown) {
      QTest::newRow(name) << specs << shown;
    };
    row("rank", {"v:rank=24"}, true);
    row("format", {"k:bits=4,scale=channel,rotate=hadamard"}, true);
    row("both", {"v:rank=32,basis=output,format=uint4,scale=tensor"}, true);
    row("blocks", {"kv:format=q8_0"}, true);
    row("tap", {"k:rank=16,tap=k_prebias,basis=query"}, true);
    row("scope", {"v:rank=48,scope=layer"}, true);
    row("layers", {"v:rank=24", "v:rank=48@1-2", "v:bits=16@5"}, true);
    row("one layer", {"k:rank=12@3"}, true);
    row("most layers", {"k:bits=4@1-5"}, true);
    row("formats by layer", {"v:rank=32", "v:bits=4@0-1"}, true);
    row("residual", {"v:rank=24,residual=16"}, true);
    row("sink", {"kv:bits=4,sink=4", "k:bits=8,sink=4@2"}, true);
    row("seed of a basis", {"v:rank=24,basis=random,seed=3"}, true);
    row("seed of a rotation", {"k:rank=16,bits=4,rotate=random,seed=999999"}, true);
    row("group", {"v:bits=4,scale=channel,group=64"}, true);
    row("everything",
        {"k:rank=32,tap=k,basis=random,bits=8,scale=channel,group=16,residual=128,"
         "sink=4,rotate=random,seed=7"},
        true);
    row("large seed", {"v:rank=24,basis=random,seed=1000000"}, false);
    row("residual by layer", {"v:rank=24,residual=16", "v:rank=24@2"}, false);
    row("bases by layer", {"v:rank=24", "v:rank=24,basis=output@1"}, false);
  }
  void plansComeBackAsTheControlsHadThem() {
    QFETCH(QStringList, specs);
    QFETCH(bool, shown);
    std::vector<CompressionSpec> plan;
    for (const QString& spec : specs) plan.push_back(parseSpec(spec.toStdString()));
    const ModelInfo model = deep();
    const PlanDraft draft = draftFor(model, plan);
    QCOMPARE(!draft.beyond, shown);
    QVERIFY(isPlanOf(model, draft, plan));
    QCOMPARE(accountFor(model, draft, 512).cacheRatio,
             account(resolvePlan(plan, model), model, 512).cacheRatio);
    QVERIFY(acceptable(model, draft) == draft);
  }

  void ranksGoWhereTheirBlocksFit() {
    const ModelInfo model = deep();
    const auto accepted = [&](const char* spec, int rank) {
      PlanDraft draft = withRank(draftFor(model, parsed({spec})), Target::V, rank);
      draft = acceptable(model, draft);
      (void)resolvePlan(specsOf(draft), model);  // throws where it is refused
      return *draft.find(Target::V);
    };
    QCOMPARE(accepted("v:rank=32,format=q4_0", 24).rank, 32);
    QCOMPARE(accepted("v:rank=32,format=q4_0", 50).rank, 64);
    QCOMPARE(accepted("v:rank=32,format=nvfp4", 23).rank, 16);
    QCOMPARE(accepted("v:rank=32,format=nvfp4", 24).rank, 32);
    QCOMPARE(accepted("v:rank=32,bits=4,rotate=hadamard", 29).rank, 32);
    QCOMPARE(accepted("v:rank=32,bits=4", 29).rank, 29);
    // Of a layer apart too.
    PlanDraft draft = draftFor(model, parsed({"v:rank=32,format=q4_0"}));
    draft = acceptable(model, withLayer(draft, Target::V, 2, LayerOverride{40}));
    QVERIFY(draft.find(Target::V)->layers.empty());  // 32 is the nearest: as the others
  }

  void theWorkspaceTakesOnlyWhatTheCoreAccepts() {
    open();  // heads of 8
    TargetSetting v = *draft().find(Target::V);
    v.format = Format::Q8_0;  // blocks of 32
    edit(withSetting(draft(), v));
    QCOMPARE(draft().find(Target::V)->format, Format::Bits16);
    settle();
    v = *draft().find(Target::V);
    v.format = Format::Int4;
    edit(withSetting(draft(), v));
    QCOMPARE(specs(), "v:rank=4,bits=4");
    QCOMPARE(workspace_->undoGroup()->undoText(), "V int4");
    const CompressionView view = compressionView(*workspace_);
    const Choices& choices = view.choices.at(Target::V);
    QVERIFY(choices.formats[static_cast<std::size_t>(Format::Q8_0)].refusal);
    QVERIFY(choices.rotations[static_cast<std::size_t>(Rotation::Hadamard)].refusal);
    QVERIFY(!choices.rotations[static_cast<std::size_t>(Rotation::Random)].refusal);
    QCOMPARE(view.accounting.cacheRatio,
             account(resolvePlan(specsOf(draft()), *workspace_->activeSlot().model),
                     *workspace_->activeSlot().model, 512)
                 .cacheRatio);
    v.scale = Scale::Channel;
    edit(withSetting(draft(), v));
    QVERIFY(compressionView(*workspace_).note.contains("not causal"));
  }

  void everyChangeIsUndoneByItsName() {
    open();
    const std::string before = specs();
    edit(withLayer(draft(), Target::V, 1, LayerOverride{6}));
    QCOMPARE(workspace_->undoGroup()->undoText(), "V layer 1 rank 6");
    QCOMPARE(specs(), "v:rank=4 v:rank=6@1");
    TargetSetting v = *draft().find(Target::V);
    v.basis = Basis::Output;
    edit(withSetting(draft(), v));
    QCOMPARE(workspace_->undoGroup()->undoText(), "V basis output");
    QCOMPARE(specs(), "v:rank=4,basis=output v:rank=6,basis=output@1");
    edit(withMethod(draft(), Target::V, Method::Quantize));
    QCOMPARE(specs(), "v:bits=8 v:rank=6,basis=output,bits=8@1");
    for (int i = 0; i < 3; ++i) workspace_->undoGroup()->undo();
    QCOMPARE(specs(), before);
    QCOMPARE(workspace_->undoGroup()->redoText(), "V layer 1 rank 6");
    workspace_->undoGroup()->redo();
    settle();
    QCOMPARE(workspace_->activeSlot().current.value->specText, "v:rank=4 v:rank=6@1");
  }

  void safeRatiosAreOfRanksAlone() {
    const ModelInfo model = deep();
    const auto curve = [&](const std::vector<std::string>& specs) {
      return searchedCurve(draftFor(model, parsed(specs)));
    };
    QCOMPARE(curve({"v:rank=24"}), "v");
    QCOMPARE(curve({"k:rank=24"}), "k_rope");
    QCOMPARE(curve({"k:rank=24,tap=k"}), "k");
    QCOMPARE(curve({"kv:rank=24"}), "kv");
    QCOMPARE(curve({"k:rank=24,tap=k_prebias"}), "");
    QCOMPARE(curve({"v:rank=24,bits=4"}), "");
    QCOMPARE(curve({"v:bits=4"}), "");
    QCOMPARE(curve({"v:rank=24,basis=output"}), "");
    QCOMPARE(curve({"v:rank=24,scope=layer"}), "");
    QCOMPARE(curve({"v:rank=24", "v:rank=48@2"}), "");
  }

  void anAllocationBecomesThePlan() {
    open();
    const std::string before = specs();
    QVERIFY(allocationView(*workspace_).offered);
    workspace_->allocate(Slot::A, allocationWish(draft(), 3));
    QVERIFY(allocationView(*workspace_).running);
    settle();
    QCOMPARE(script_->count("allocate"), 1);
    QCOMPARE(specs(), "v:rank=7 v:rank=5@1");
    const AllocationView view = allocationView(*workspace_);
    QVERIFY(!view.running && view.allocated && view.uniform);
    QCOMPARE(view.allocated->place, QString::fromUtf8("allocated within 3\u00a0%"));
    QCOMPARE(view.uniform->place, "all layers alike");
    // However its specs are written: it is measured already, and on the plane with the other.
    QCOMPARE(script_->count("evaluate v:rank=7@0 v:rank=5@1"), 1);
    QCOMPARE(script_->count("evaluate v:rank=7 v:rank=5@1"), 0);
    QVERIFY(planCurrent(workspace_->activeSlot(), workspace_->settings()));
    QCOMPARE(impactView(*workspace_).state, FigureState::Measured);
    QCOMPARE(comparablePlans(workspace_->slot(Slot::A), workspace_->settings()).size(),
             std::size_t(3));
    workspace_->undoGroup()->undo();
    QCOMPARE(specs(), before);
    // On other settings it is no longer of what is asked for.
    MeasurementSettings settings = workspace_->settings();
    settings.context = 64;
    workspace_->setSettings(settings);
    QVERIFY(!allocationView(*workspace_).allocated);
    settle();
  }

  void anAllocationIsCancelled() {
    open();
    script_->windowMs = 200;
    workspace_->allocate(Slot::A, {.budgetPercent = 1});
    QTRY_VERIFY(workspace_->activity().measuring == NeedKind::Allocation);
    QVERIFY(workspace_->activity().title.startsWith("Allocating over the layers"));
    workspace_->cancel();
    settle();
    QVERIFY(!allocationView(*workspace_).running);
    QVERIFY(!workspace_->activeSlot().allocation.value);
    QCOMPARE(specs(), "v:rank=4");
  }

  void aSafeRatioThatFailedIsSearchedAgainByItsButton() {
    open();
    script_->evaluateFails = true;
    workspace_->findSafeRatios(Slot::A, SweepWish{{"v"}, false});
    QVERIFY(safeRatioView(*workspace_).searching);
    settle();
    QVERIFY(!safeRatioView(*workspace_).searching && safeRatioView(*workspace_).offered);
    QCOMPARE(script_->count("sweep"), 1);
    script_->evaluateFails = false;
    edit(withRank(draft(), Target::V, 6));  // not by itself
    settle();
    QCOMPARE(script_->count("sweep"), 1);
    workspace_->findSafeRatios(Slot::A, SweepWish{{"v"}, false});
    QVERIFY(safeRatioView(*workspace_).searching);
    settle();
    QCOMPARE(script_->count("sweep"), 2);
    QVERIFY(!safeRatioView(*workspace_).searching);
    QVERIFY(workspace_->activeSlot().sweep.value);
  }

  void whatIsMeasuredBelongsToTheTextItWasMeasuredOn() {
    open();
    script_->windowMs = 40;
    workspace_->allocate(Slot::A, {.budgetPercent = 1});
    QTRY_COMPARE(script_->count("evaluate v:rank=6"), 1);
    QThread::msleep(800);  // it ends, which is not told before the settings change
    script_->windowMs = 1;
    MeasurementSettings settings = workspace_->settings();
    settings.context = 64;
    workspace_->setSettings(settings);
    settle();
    // Its plans stand beside those of the old context, not of the new one; and it is made again.
    QCOMPARE(comparablePlans(workspace_->slot(Slot::A), workspace_->settings()).size(),
             std::size_t(3));
    for (const auto& plan : comparablePlans(workspace_->slot(Slot::A), workspace_->settings()))
      QCOMPARE(plan->context, 64);
    QCOMPARE(script_->count("allocate"), 2);
  }

  void anAllocationIsOfWhatThePlanCompresses() {
    const ModelInfo model = deep();
    const auto wish = [&](const std::vector<std::string>& specs) {
      return allocationWish(draftFor(model, parsed(specs)), 1);
    };
    QVERIFY(wish({}).targets.empty());  // all that free cache
    QVERIFY((wish({"kv:rank=24"}).targets == std::vector{Target::K, Target::V}));
    QCOMPARE(wish({"k:rank=24,tap=k,basis=query"}).keys, "basis=query,tap=k");
    QVERIFY((wish({"v:rank=24,bits=4"}).formats == std::vector<std::string>{"int4"}));
    QCOMPARE(wish({"k:rank=24,tap=k", "v:rank=8"}).keys, "");
  }

  void plansAreKeptUnderNames() {
    open();
    QSignalSpy changes(workspace_.get(), &Workspace::keptPlansChanged);
    workspace_->keepPlan("half");
    workspace_->keepPlan("  ");
    QCOMPARE(plansView(*workspace_).kept.size(), std::size_t(1));
    QCOMPARE(plansView(*workspace_).kept[0].detail, "V rank 4, K untouched");
    QCOMPARE(plansView(*workspace_).current, 0);
    edit(withRank(draft(), Target::V, 6));
    QCOMPARE(plansView(*workspace_).current, -1);
    workspace_->keepPlan("most");
    workspace_->duplicatePlan("half", "half 2");
    QCOMPARE(workspace_->activeSlot().kept[2].specs, workspace_->activeSlot().kept[0].specs);
    workspace_->renamePlan("half", "most");  // taken
    QCOMPARE(workspace_->activeSlot().kept[0].name, "half");
    workspace_->renamePlan("half", "V at half rank");
    QCOMPARE(workspace_->activeSlot().kept[0].name, "V at half rank");
    workspace_->forgetPlan("most");
    QCOMPARE(workspace_->activeSlot().kept.size(), std::size_t(2));
    QCOMPARE(changes.count(), 5);
    settle();
  }

  void keptPlansAreTheModelsInBothPlaces() {
    open();
    workspace_->openModel("demo:gqa", Slot::B);
    settle();
    workspace_->setActive(Slot::A);
    workspace_->keepPlan("half");
    QCOMPARE(workspace_->slot(Slot::B).kept.size(), std::size_t(1));
    workspace_->setActive(Slot::B);
    workspace_->renamePlan("half", "V at half rank");
    QCOMPARE(workspace_->slot(Slot::A).kept[0].name, "V at half rank");
    workspace_->openModel("demo:mla", Slot::B);
    settle();
    QVERIFY(workspace_->slot(Slot::B).kept.empty());
  }

  void modelsOfOneNameKeepTheirOwnPlans() {
    const QTemporaryDir folder;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder.path());
    QCoreApplication::setOrganizationName("plans_test");
    ModelInfo small = fakeModel("checkpoint"), large = small;
    small.configJson = R"({"num_hidden_layers": 2})";
    large.configJson = R"({"num_hidden_layers": 4})";
    const std::vector<NamedPlan> plans = {{"half", parsed({"v:rank=4", "v:rank=6@1"})}};
    storeKeptPlans(small, plans);
    QVERIFY(readKeptPlans(small) == plans);
    QVERIFY(readKeptPlans(large).empty());
    storeKeptPlans(large, {});
    QVERIFY(readKeptPlans(small) == plans);
  }

  void plansLeaveAndComeAsFiles() {
    open();
    QVERIFY(workspace_->planExportable(Slot::A));
    QSignalSpy exported(workspace_.get(), &Workspace::planExported);
    workspace_->exportPlan(Slot::A, "/plans/plan.json");
    settle();
    QCOMPARE(exported.count(), 1);
    QCOMPARE(script_->count("export v:rank=4 to /plans/plan.json"), 1);
    edit(withRank(draft(), Target::V, 6));
    QVERIFY(!workspace_->planExportable(Slot::A));  // not measured yet
    settle();
    workspace_->importPlan(Slot::A, "/plans/plan.json");
    settle();
    QCOMPARE(specs(), "v:rank=3 v:rank=5@1");
    workspace_->undoGroup()->undo();
    QCOMPARE(specs(), "v:rank=6");
    QSignalSpy failures(workspace_.get(), &Workspace::failed);
    workspace_->importPlan(Slot::A, "/plans/other.json");
    settle();
    QCOMPARE(failures.count(), 1);
    const auto failure = failures[0][0].value<Failure>();
    QCOMPARE(failure.what, Failure::What::PlanNotImported);
    QVERIFY(failure.error.summary.contains("no such rank"));
    QCOMPARE(specs(), "v:rank=6");
    edit(untouchedDraft(draft()));
    QVERIFY(!workspace_->planExportable(Slot::A));
    QCOMPARE(plansView(*workspace_).exportHint, "Nothing is compressed");
  }

  void theMostTolerantLayersMakeAPlan() {
    Sensitivity figures;
    figures.specText = "k:rank=32,tap=k v:rank=16";
    figures.columns = {"k", "v", "k+v"};
    figures.layers = 4;
    const auto point = [&](int column, int layer, double delta, double high) {
      figures.cumulative.push_back({.column = column,
                                    .layer = layer,
                                    .deltaPplPercent = delta,
                                    .interval = Interval{delta - 0.1, high}});
    };
    point(0, 2, 4, 6);  // K: never within 5 %
    point(0, 0, 9, 11);
    point(1, 3, 0.2, 0.4);  // V: two layers within 1 %, three within 3 and 5 %
    point(1, 1, 0.7, 0.9);
    point(1, 2, 0.9, 1.1);
    point(1, 0, 4.8, 5.2);
    point(2, 3, 4.0, 4.9);  // both: one within 5 %
    const std::vector<TolerantLayers> plans = tolerantLayers(figures);
    QCOMPARE(plans.size(), std::size_t(3));
    QVERIFY((plans[0].layers == std::vector{1, 3}));
    QCOMPARE(plans[0].budgetPercent, 1.0);
    QCOMPARE(plans[0].deltaPplPercent, 0.7);
    QVERIFY((plans[1].layers == std::vector{1, 2, 3}));
    QCOMPARE(plans[1].budgetPercent, 3.0);
    QCOMPARE(plans[2].budgetPercent, 5.0);
    QCOMPARE(specText(specsOf(plans[1], figures)), "v:rank=16@1-3");
    QCOMPARE(specText(specsOf(plans[2], figures)), "k:rank=32,tap=k@3 v:rank=16@3");
    figures.specText = "forged";
    QVERIFY(specsOf(plans[2], figures).empty());
  }

  void aCellOfASensitivitySetsItsLayerApart() {
    const ModelInfo model = deep();
    Sensitivity figures;
    figures.specText = "k:rank=32,tap=k v:rank=16";
    figures.columns = {"k", "v", "k+v"};
    figures.layers = 6;
    const PlanDraft plan = draftFor(model, parsed({"v:rank=24"}));
    // What the plan compresses is left untouched there,
    PlanDraft next = withCellApart(plan, model, figures, 2, 1);
    QCOMPARE(specText(specsOf(next)), "v:rank=24 v:bits=16@2");
    QVERIFY(withCellApart(next, model, figures, 2, 1) == plan);  // and as the others again.
    // What it leaves alone is compressed as it was measured.
    next = withCellApart(plan, model, figures, 3, 0);
    QCOMPARE(specText(specsOf(next)), "k:rank=32,tap=k@3 v:rank=24");
    // Where the target has a setting of its own, with that.
    const PlanDraft keys = draftFor(model, parsed({"k:rank=24@0"}));
    QCOMPARE(specText(specsOf(withCellApart(keys, model, figures, 3, 0))),
             "k:rank=24@0 k:rank=32@3");
    // K and V together: V is compressed, so both are left untouched.
    next = withCellApart(plan, model, figures, 4, 2);
    QCOMPARE(specText(specsOf(next)), "v:rank=24 v:bits=16@4");
  }
};

QTEST_GUILESS_MAIN(PlansTest)
#include "plans_test.moc"
