// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/presenters.hpp"

#include <QSet>
#include <QTest>
#include <QTranslator>
#include <cmath>

#include "app/support/fake_workspace.hpp"
#include "compression/plan/accounting.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "jobs/error_words.hpp"
#include "window/plan_estimate.hpp"

using namespace kvloupe;
using kvloupe::test::FakeWorkspace;
using namespace std::chrono_literals;

namespace {

/// Puts brackets round every word of the program's own.
class Brackets : public QTranslator {
 public:
  [[nodiscard]] bool isEmpty() const override { return false; }
  [[nodiscard]] QString translate(const char*, const char* text, const char*, int) const override {
    return QString("[%1]").replace("%1", QString::fromUtf8(text));
  }
};

}  // namespace

class PresentersTest : public QObject, FakeWorkspace {
  Q_OBJECT

 private slots:
  void init() {
    make();
    runner_->start();
  }
  void cleanup() { remove(); }

  void withoutAModelEverythingIsEmpty() {
    QCOMPARE(impactView(*workspace_).state, FigureState::Empty);
    QVERIFY(!impactView(*workspace_).figures);
    QVERIFY(compressionView(*workspace_).draft.settings.empty());
    const ModelsView models = modelsView(*workspace_, {});
    QCOMPARE(models.cards[0].kind, ModelCardView::Kind::Empty);
    QVERIFY(!models.canAnalyse && !models.canStop && !models.settingsEnabled);
  }

  void theCardNamesTheModelsFacts() {
    open();
    const ModelCardView card = modelsView(*workspace_, {}).cards[0];
    const std::vector<std::pair<QString, QString>> expected = {
        {"Family", QString::fromUtf8("qwen2 · GQA")},
        {"Layers", "2"},
        {"Heads", "4 query, 2 KV"},
        {"Head dim", "8"},
        {"Parameters", QString::fromUtf8("4.96\u00a0M · bfloat16")},
        {"KV cache", QString::fromUtf8("128\u00a0B/token")}};
    QCOMPARE(card.facts, expected);
    workspace_->openModel("demo:mla", Slot::B);
    settle();
    const ModelCardView mla = modelsView(*workspace_, {}).cards[1];
    QCOMPARE(mla.facts[3], (std::pair<QString, QString>("Latent", "16 + rotary key 4")));
  }

  void impactGoesThroughItsStates() {
    script_->windowMs = 30;
    workspace_->openModel("demo:gqa", Slot::A);
    QTRY_VERIFY(workspace_->activity().measuring == NeedKind::Analysis);
    QCOMPARE(impactView(*workspace_).state, FigureState::Empty);
    QCOMPARE(impactView(*workspace_).reason, "Starts when the analysis is done");

    QTRY_VERIFY(workspace_->activeSlot().baseline.value);
    QCOMPARE(impactView(*workspace_).state, FigureState::Measuring);
    QVERIFY(impactView(*workspace_).baselineOnly);

    QTRY_VERIFY(workspace_->activeSlot().current.value);
    const ImpactView measuring = impactView(*workspace_);
    QCOMPARE(measuring.state, FigureState::Measuring);
    QVERIFY(measuring.progress > 0 && measuring.progress < 1);
    QVERIFY(!measuring.convergence.points.empty());
    settle();

    const ImpactView measured = impactView(*workspace_);
    QCOMPARE(measured.state, FigureState::Measured);
    QCOMPARE(measured.figures->deltaPplPercent, 4.0);
    QCOMPARE(measured.measuredOn, QString::fromUtf8("papers · ctx 512 · demo evaluation"));
    QCOMPARE(measured.plane.points.size(), std::size_t(1));
    QCOMPARE(measured.plane.points[0].deltaPplPercent, 4.0);
    QCOMPARE(measured.plane.current->deltaPplPercent, std::optional(4.0));
    // V at half rank: 1.5 of 2 halves are kept.
    QVERIFY(qFuzzyCompare(measured.cacheRatio, 4.0 / 3.0));
    QCOMPARE(measured.bytesPerToken, 96.0);

    moveV(6);
    // A quarter is dropped where half was: half the damage, until it is measured.
    const ImpactView estimate = impactView(*workspace_);
    QCOMPARE(estimate.state, FigureState::Estimate);
    QCOMPARE(estimate.reason, "Estimated from what one measured plan costs");
    QVERIFY(std::abs(estimate.estimate->deltaPplPercent - 100 * (std::sqrt(1.04) - 1)) < 1e-9);
    QCOMPARE(estimate.plane.current->deltaPplPercent,
             std::optional(estimate.estimate->deltaPplPercent));
    QCOMPARE(estimate.plane.current->state, FigureState::Estimate);
    QCOMPARE(estimate.figures->deltaPplPercent, 4.0);  // the old figures stay, as stale
    QCOMPARE(estimate.convergence.state, FigureState::Stale);
    QCOMPARE(estimate.bytesPerToken, 112.0);  // the accounting changes at once
    settle();
    QVERIFY(!impactView(*workspace_).estimate);
    QCOMPARE(impactView(*workspace_).state, FigureState::Measured);
    QCOMPARE(impactView(*workspace_).plane.points.size(), std::size_t(2));

    // Of K nothing is known yet.
    workspace_->editPlan(withRank(workspace_->activeSlot().draft, Target::K, 4), 2);
    QVERIFY(!impactView(*workspace_).estimate);
    QCOMPARE(impactView(*workspace_).state, FigureState::Stale);
    QCOMPARE(impactView(*workspace_).reason, "the plan changed since");
    settle();
  }

  void whatCostsAreLearnedFromIsLearnedOnce() {
    open();
    moveV(6);
    PlanEstimator estimator;
    const ImpactView first = impactView(*workspace_, estimator);
    QCOMPARE(first.state, FigureState::Estimate);
    QCOMPARE(estimator.timesLearned(), 1);
    moveV(7);
    const ImpactView second = impactView(*workspace_, estimator);
    QCOMPARE(estimator.timesLearned(), 1);  // another draft teaches nothing
    QVERIFY(second.estimate->deltaPplPercent < first.estimate->deltaPplPercent);
    QCOMPARE(second.estimate->deltaPplPercent, impactView(*workspace_).estimate->deltaPplPercent);
    settle();
    moveV(5);
    (void)impactView(*workspace_, estimator);
    QCOMPARE(estimator.timesLearned(), 2);  // a plan measured does
    settle();
  }

  void theOtherModelHasItsOwnFigures() {
    open();
    workspace_->openModel("demo:mla", Slot::B);
    settle();
    QCOMPARE(workspace_->active(), Slot::B);
    PlanEstimator ofA, ofB;
    const ImpactView a = impactFigures(*workspace_, Slot::A, ofA);
    const ImpactView b = impactFigures(*workspace_, Slot::B, ofB);
    QCOMPARE(a.slot, ModelSlot::A);
    QCOMPARE(b.slot, ModelSlot::B);
    QCOMPARE(a.state, FigureState::Measured);
    QVERIFY(a.figures && b.figures);
    QVERIFY(a.bytesPerToken != b.bytesPerToken);
    QCOMPARE(b.bytesPerToken, impactView(*workspace_).bytesPerToken);
    // A moved plan of A is an estimate there and leaves B as it is.
    workspace_->setActive(Slot::A);
    moveV(6);
    QCOMPARE(impactFigures(*workspace_, Slot::A, ofA).state, FigureState::Estimate);
    QCOMPARE(impactFigures(*workspace_, Slot::B, ofB).state, FigureState::Measured);
    settle();
  }

  void theUntouchedPlanCostsNothing() {
    open();
    workspace_->editPlan(untouchedDraft(workspace_->activeSlot().draft), 1);
    settle();
    const ImpactView view = impactView(*workspace_);
    QCOMPARE(view.state, FigureState::Measured);
    QVERIFY(view.identity);
    QCOMPARE(view.cacheRatio, 1.0);
  }

  void aStoppedFigureSaysHowFarItGot() {
    script_->windowMs = 60;
    workspace_->openModel("demo:gqa", Slot::A);
    QTRY_VERIFY_WITH_TIMEOUT(workspace_->activeSlot().current.value, 20000);
    workspace_->cancel();
    settle();
    const ImpactView view = impactView(*workspace_);
    QCOMPARE(view.state, FigureState::Stale);
    QVERIFY2(view.reason.startsWith("stopped at "), qPrintable(view.reason));
    QVERIFY(modelsView(*workspace_, {}).canAnalyse);
  }

  void aFailureIsSaidInWords() {
    script_->evaluateFails = true;
    open();
    const ImpactView view = impactView(*workspace_);
    QCOMPARE(view.state, FigureState::Failed);
    QVERIFY(view.reason.contains("the device has no memory left"));
  }

  void plansOfOtherSettingsLeaveThePlane() {
    open();
    MeasurementSettings settings = workspace_->settings();
    settings.context = 64;
    workspace_->setSettings(settings);
    QCOMPARE(impactView(*workspace_).plane.points.size(), std::size_t(0));
    settle();
    QCOMPARE(impactView(*workspace_).plane.points.size(), std::size_t(1));
    QCOMPARE(workspace_->activeSlot().plans.size(), std::size_t(2));
  }

  void aPlanThatNoSliderShowsKeepsItsOwnFigures() {
    open();
    // The newest tokens stay as they are, but not in the first layer: no control shows that.
    const ModelInfo model = *workspace_->activeSlot().model;
    const std::vector specs{parseSpec("v:rank=4,residual=256"), parseSpec("v:rank=4@0")};
    workspace_->editPlan(draftFor(model, specs), 1);
    settle();
    workspace_->saveRun("/runs/residual.kvl.h5");
    settle();
    workspace_->openRun("/runs/residual.kvl.h5");
    settle();
    const Accounting own = account(resolvePlan(specs, model), model, model.maxPositions);
    QVERIFY(own.cacheRatio < 4.0 / 3.0);  // that of the same rank in all layers
    const ImpactView impact = impactView(*workspace_);
    QCOMPARE(impact.state, FigureState::Measured);
    QCOMPARE(impact.cacheRatio, own.cacheRatio);
    QCOMPARE(impact.plane.current->cacheRatio, own.cacheRatio);
    CompressionView panel = compressionView(*workspace_);
    QCOMPARE(panel.accounting.cacheRatio, own.cacheRatio);
    QVERIFY2(
        panel.note.contains("No slider can show this plan whole: v:rank=4,residual=256 v:rank=4@0"),
        qPrintable(panel.note));
    QVERIFY(!presetOf(panel.draft));
    QCOMPARE(panel.draft.find(Target::V)->rank, 4);  // the nearest that the sliders can show
    moveV(6);
    panel = compressionView(*workspace_);
    QVERIFY(!panel.note.contains("No slider"));
    QVERIFY(qFuzzyCompare(panel.accounting.cacheRatio, 8.0 / 7.0));
    workspace_->undoGroup()->undo();
    QCOMPARE(impactView(*workspace_).state, FigureState::Measured);
  }

  void bitsAreCountedOverTheWindowsThatAreMeasured() {
    open();
    MeasurementSettings settings = workspace_->settings();
    settings.context = 64;
    workspace_->setSettings(settings);
    settle();
    const ModelInfo model = *workspace_->activeSlot().model;
    const std::vector specs{parseSpec("v:bits=4,residual=32")};
    workspace_->editPlan(draftFor(model, specs), 1);
    const Accounting own = account(resolvePlan(specs, model), model, 64);
    QCOMPARE(compressionView(*workspace_).accounting.cacheRatio, own.cacheRatio);
    QCOMPARE(impactView(*workspace_).bytesPerToken, own.bytesPerToken);
    QVERIFY(own.cacheRatio <
            account(resolvePlan(specs, model), model, model.maxPositions).cacheRatio);
  }

  void aSavedRunSaysHowItsModelIsOpened() {
    open();
    QVERIFY(!modelsView(*workspace_, {}).analyseHint.contains("F5"));
    workspace_->saveRun("/runs/f5.kvl.h5");
    settle();
    workspace_->openRun("/runs/f5.kvl.h5");
    settle();
    const ModelsView view = modelsView(*workspace_, {});
    QVERIFY(!view.canAnalyse);
    QVERIFY(view.analyseHint.contains("F5 opens"));
    QCOMPARE(view.cards[0].facts.back(), (std::pair<QString, QString>("F5", "opens the model")));
    QVERIFY(compressionView(*workspace_).note.contains("F5 opens it"));
  }

  void theCardOfTheActiveModelIsMarked() {
    workspace_->openModel("demo:gqa", Slot::A);
    workspace_->openModel("demo:mla", Slot::B);
    settle();
    QVERIFY(!modelsView(*workspace_, {}).cards[0].active);
    QVERIFY(modelsView(*workspace_, {}).cards[1].active);
    workspace_->setActive(Slot::A);
    QVERIFY(modelsView(*workspace_, {}).cards[0].active);
  }

  void theStatusCountsWhatRuns() {
    script_->windowMs = 100;
    workspace_->openModel("demo:gqa", Slot::A);
    QTRY_VERIFY(workspace_->activity().progress);
    const StatusView view = statusView(*workspace_, {}, "m", 2);
    QCOMPARE(view.title, "Analysing demo:gqa");
    QVERIFY(view.busy);
    QVERIFY(view.amount.endsWith("of 96 tokens"));
    QCOMPARE(view.then, "then 2 measurements");
    QCOMPARE(view.device, QString::fromUtf8("CPU, 2 threads · float32"));
    script_->windowMs = 1;
    settle();
    QCOMPARE(statusView(*workspace_, {}, "m", 2).title, "Ready");
  }

  void aRefusalIsTakenApart() {
    Failure failure;
    failure.what = Failure::What::ModelNotOpened;
    failure.path = "/models/x";
    failure.error.detail = {.message = "the weights were never downloaded",
                            .file = "model.safetensors",
                            .place = "bytes 0 to 7",
                            .expected = "a header",
                            .found = "a pointer",
                            .advice = "Download them"};
    failure.unchanged = "Nothing was loaded.";
    const ErrorReport report = errorReport(failure);
    QCOMPARE(report.title, "Model not opened");
    QCOMPARE(report.headline, "The weights were never downloaded");
    QCOMPARE(report.file, "model.safetensors");
    QCOMPARE(report.found, "a pointer");
    QCOMPARE(report.unchanged, "Nothing was loaded.");
    QVERIFY(report.canRetry);
  }

  /// What the core refuses it says in English; in another language its kind comes first, and what
  /// to do. What the window has words for stays exact.
  void aRefusalIsUnderstoodInTheWindowsLanguage() {
    const JobError exact{.code = ErrorCode::Malformed,
                         .summary = "/m/x.safetensors: the header is cut off. Run `git lfs pull`",
                         .detail = {.message = "the header is cut off",
                                    .file = "/m/x.safetensors",
                                    .advice = "Run `git lfs pull`"}};
    QCOMPARE(errorWords(exact).headline, "The header is cut off");
    QCOMPARE(errorWords(exact).exact, "");
    QCOMPARE(errorWords(exact).advice, "Run `git lfs pull`");
    QCOMPARE(errorLine(exact), exact.summary);
    const JobError full{
        .code = ErrorCode::NoSpace, .summary = "full", .detail = {.message = "full"}};
    QVERIFY(errorWords(full).advice.startsWith("Make room"));

    Brackets brackets;
    QVERIFY(QCoreApplication::installTranslator(&brackets));
    QSet<QString> headlines, advices;
    for (const ErrorCode code :
         {ErrorCode::NotFound, ErrorCode::Malformed, ErrorCode::Mismatch, ErrorCode::Unsupported,
          ErrorCode::InvalidArgument, ErrorCode::Io, ErrorCode::NoSpace, ErrorCode::OutOfMemory,
          ErrorCode::Device, ErrorCode::Internal}) {
      JobError error = exact;
      error.code = code;
      const ErrorWords words = errorWords(error);
      QVERIFY(words.headline.startsWith("[") && words.headline.endsWith("]"));
      QCOMPARE(words.exact, "The header is cut off");
      QVERIFY(words.advice.startsWith("[") && words.advice.endsWith("]\nRun `git lfs pull`"));
      QCOMPARE(errorLine(error), words.headline + ": " + error.summary);
      headlines << words.headline;
      advices << words.advice;
      Failure failure;
      failure.error = error;
      QCOMPARE(errorReport(failure).headline, words.headline);
      QCOMPARE(errorReport(failure).exact, words.exact);
      QCOMPARE(errorReport(failure).line, error.summary);
    }
    QCOMPARE(headlines.size(), 10);
    QCOMPARE(advices.size(), 10);
    JobError known = exact;
    known.detail.message = "nothing is compressed";
    QCOMPARE(errorWords(known).headline, "[nothing is compressed]");
    QCOMPARE(errorWords(known).exact, "");
    QCoreApplication::removeTranslator(&brackets);
  }

  void rateAndTimeLeftIgnoreWhatWasDoneBefore() {
    ProgressRate rate;
    const ProgressRate::Clock::time_point start{};
    rate.report(1, {"a", 1000, 3000, "tokens"}, start);
    QVERIFY(!rate.perSecond());
    rate.report(1, {"a", 1500, 3000, "tokens"}, start + 1s);
    QCOMPARE(rate.perSecond(), std::optional(500.0));
    QCOMPARE(rate.secondsLeft(), std::optional(3.0));
    rate.report(2, {"b", 0, 100, "tokens"}, start + 2s);
    QVERIFY(!rate.perSecond());
  }
};

QTEST_GUILESS_MAIN(PresentersTest)
#include "presenters_test.moc"
