// SPDX-License-Identifier: GPL-3.0-or-later
// The whole window on the real core: from opening the bundled model to a saved and reopened run.
#include <QAction>
#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QLabel>
#include <QMouseEvent>
#include <QProcess>
#include <QProcessEnvironment>
#include <QRegularExpression>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include "charts/layers_chart.hpp"
#include "controls/rank_slider.hpp"
#include "core_module/core_module.hpp"
#include "jobs/job_runner.hpp"
#include "pages/layers_page.hpp"
#include "panels/compression_panel.hpp"
#include "panels/error_dialog.hpp"
#include "panels/impact_panel.hpp"
#include "panels/start_page.hpp"
#include "panels/status_line.hpp"
#include "theme/theme.hpp"
#include "window/main_actions.hpp"
#include "window/main_window.hpp"
#include "window/workbench.hpp"
#include "workspace/workspace.hpp"

using namespace kvloupe;

namespace {

constexpr int kPatience = 240000;  // ms; a loaded machine is slow, not wrong

QString words(const QWidget& panel) {
  QStringList lines;
  for (const QLabel* label : panel.findChildren<QLabel*>())
    if (label->isVisibleTo(&panel) && !label->text().isEmpty()) lines << label->text();
  return lines.join('\n');
}

void drag(RankSlider* slider, int pixels) {
  const QPoint from = slider->handleRect().center();
  QTest::mousePress(slider, Qt::LeftButton, {}, from);
  for (int step = 1; step <= 5; ++step) {
    const QPointF at = from + QPoint(pixels * step / 5, 0);
    QMouseEvent move(QEvent::MouseMove, at, slider->mapToGlobal(at), Qt::NoButton, Qt::LeftButton,
                     Qt::NoModifier);
    QApplication::sendEvent(slider, &move);
  }
  QTest::mouseRelease(slider, Qt::LeftButton, {}, from + QPoint(pixels, 0));
}

}  // namespace

class WindowTest : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::unique_ptr<JobRunner> runner_;
  std::unique_ptr<Workspace> workspace_;
  std::unique_ptr<MainWindow> window_;

  void settle() { QTRY_VERIFY_WITH_TIMEOUT(workspace_->settled(), kPatience); }
  /// The first part of a demo's text: enough for intervals, and quick.
  QString beginningOf(const QString& name) {
    QFile whole(QString(KVLOUPE_DEMO) + "/" + name);
    QFile part(folder_.filePath(name));
    if (whole.open(QIODevice::ReadOnly) && part.open(QIODevice::WriteOnly))
      part.write(whole.read(20000));
    return part.fileName();
  }
  RankSlider* slider(const QString& name) {
    for (RankSlider* each : window_->findChildren<RankSlider*>())
      if (each->accessibleName() == name && each->isVisibleTo(window_.get())) return each;
    return nullptr;
  }
  const ImpactView& impact() { return window_->workbench()->impact()->view(); }
  QString runPath() const { return folder_.filePath("demo.kvl.h5"); }

 private slots:
  void initTestCase() {
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder_.path());
    QApplication::setOrganizationName("kvloupe");
    QApplication::setApplicationName("KV Loupe");
    QApplication::setApplicationVersion("0.0.0");
    applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light);
    runner_ = std::make_unique<JobRunner>([] { return loadEngine(KVLOUPE_CORE_MODULE); });
    runner_->start();
    workspace_ = std::make_unique<Workspace>(runner_.get());
    MeasurementSettings quick;
    quick.calibrationPath = beginningOf("calibration.txt");
    quick.evaluationPath = beginningOf("evaluation.txt");
    quick.calibrationTokens = 4096;
    quick.context = 256;
    workspace_->setSettings(quick);
    window_ = std::make_unique<MainWindow>(workspace_.get());
    window_->show();
    QVERIFY(QTest::qWaitForWindowExposed(window_.get()));
  }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }
  void cleanupTestCase() {
    window_.reset();
    workspace_.reset();
    runner_.reset();
  }

  void itStartsWithThreeWaysIn() {
    QVERIFY(window_->startPage()->isVisible());
    QVERIFY(!window_->workbench()->isVisible());
    QVERIFY(!window_->actions()->saveRun->isEnabled());
  }

  void theDemoIsAnalysedAndMeasured() {
    window_->openPath("demo:gqa");
    QVERIFY(window_->workbench()->isVisible());
    settle();
    QVERIFY2(!window_->errorDialog(),
             window_->errorDialog() ? qPrintable(window_->errorDialog()->report().line) : "");
    const ModelInfo& model = *workspace_->activeSlot().model;
    QCOMPARE(model.family, "qwen2");
    const auto bars = window_->workbench()->layers()->chart()->bars();
    QCOMPARE(static_cast<int>(bars.size()), 2 * model.numLayers);
    for (const LayersChart::Bar& bar : bars) {
      QVERIFY(bar.value > 1);
      QCOMPARE(bar.state, BarState::Measured);
    }
    QCOMPARE(impact().state, FigureState::Measured);
    QVERIFY(impact().figures->baseline.ppl > 1 && impact().figures->baseline.ppl < 100);
    QVERIFY(impact().figures->deltaInterval.has_value());
    QCOMPARE(impact().plane.points.size(), std::size_t(1));
    for (const WeightFile& file : model.weightFiles) QCOMPARE(file.sha256.size(), std::size_t(64));
  }

  void aDraggedSliderChangesThePerplexity() {
    RankSlider* v = slider("V rank");
    QVERIFY(v);
    const int rankBefore = v->value();
    const double before = impact().figures->deltaPplPercent;
    drag(v, -60);
    QVERIFY(v->value() < rankBefore);
    // The accounting changes at once, the old figure stays and says that it is stale.
    QVERIFY(words(*window_->workbench()->compression())
                .contains(QString("V rank %1, K untouched").arg(v->value())));
    QCOMPARE(impact().state, FigureState::Stale);
    QCOMPARE(impact().figures->deltaPplPercent, before);
    QElapsedTimer timer;
    timer.start();
    QTRY_VERIFY_WITH_TIMEOUT(impact().state == FigureState::Measuring, kPatience);
    qInfo("first figures %lld ms after the last move", timer.elapsed());
    settle();
    QCOMPARE(impact().state, FigureState::Measured);
    QVERIFY(impact().figures->deltaPplPercent > before);  // a lower rank costs more
    QCOMPARE(impact().plane.points.size(), std::size_t(2));
    QVERIFY(window_->actions()->undo->isEnabled());
  }

  void aRunIsSavedAndShownAgain() {
    const EvaluationFigures before = *impact().figures;
    const auto barsBefore = window_->workbench()->layers()->chart()->bars();
    workspace_->saveRun(runPath());
    settle();
    QVERIFY2(!window_->errorDialog(),
             window_->errorDialog() ? qPrintable(window_->errorDialog()->report().line) : "");
    QVERIFY(QFile::exists(runPath()));
    window_->openPath(runPath());
    settle();
    QCOMPARE(workspace_->activeSlot().phase, Phase::Saved);
    QCOMPARE(impact().state, FigureState::Measured);
    QCOMPARE(impact().figures->deltaPplPercent, before.deltaPplPercent);
    QCOMPARE(impact().figures->deltaInterval->high, before.deltaInterval->high);
    QCOMPARE(impact().figures->compressed.ppl, before.compressed.ppl);
    QCOMPARE(impact().plane.points.size(), std::size_t(2));
    const auto bars = window_->workbench()->layers()->chart()->bars();
    QCOMPARE(bars.size(), barsBefore.size());
    for (std::size_t i = 0; i < bars.size(); ++i) QCOMPARE(bars[i].value, barsBefore[i].value);
    QVERIFY(words(*window_->workbench()->compression()).contains("The model is not open"));
    QVERIFY(window_->windowTitle().contains("demo.kvl.h5"));
  }

  void theProgramDrawsARunWithoutADisplay() {
    QProcess program;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("XDG_RUNTIME_DIR", folder_.path());
    program.setProcessEnvironment(environment);
    const QString figure = folder_.filePath("layers.svg");
    program.start(KVLOUPE_PROGRAM, {"--export", "layers", "-o", figure, runPath()});
    QVERIFY(program.waitForFinished(60000));
    QCOMPARE(program.readAllStandardError(), QByteArray());
    QCOMPARE(program.exitCode(), 0);
    QFile file(figure);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray drawn = file.readAll();
    QVERIFY(drawn.contains("<svg") && drawn.contains("demo:gqa"));
    program.start(KVLOUPE_PROGRAM,
                  {"--export", "layers", "-o", figure, folder_.filePath("none.kvl.h5")});
    QVERIFY(program.waitForFinished(60000));
    QCOMPARE(program.exitCode(), 1);
    QCOMPARE(program.readAllStandardError().count('\n'), 1);
  }

  void aRefusalKeepsTheWork() {
    const std::size_t points = impact().plane.points.size();
    window_->openPath(folder_.filePath("no-such-model"), Slot::B);
    QTRY_VERIFY_WITH_TIMEOUT(window_->errorDialog(), 5000);
    const ErrorReport report = window_->errorDialog()->report();
    QCOMPARE(report.title, "Model not opened");
    QVERIFY(!report.headline.isEmpty());
    QVERIFY(report.line.contains("no-such-model"));
    QVERIFY(report.unchanged.contains("Model A and its results are unchanged"));
    QCOMPARE(impact().plane.points.size(), points);
    window_->errorDialog()->close();
    QVERIFY(workspace_->slot(Slot::B).failure.has_value());
  }

  void aSecondModelStandsBesideTheFirst() {
    window_->openPath("demo:gqa");
    window_->openPath("demo:mla", Slot::B);
    settle();
    QCOMPARE(workspace_->active(), Slot::B);
    QVERIFY(slider("Latent rank"));
    QVERIFY(slider("Rotary key rank"));
    QCOMPARE(impact().state, FigureState::Measured);
    QVERIFY(workspace_->slot(Slot::A).current.value->figures.complete());
  }

  void smallWindowsFoldWhatTheyMust() {
    window_->resize(1024, 680);
    QTRY_VERIFY(window_->workbench()->impact()->folded());
    QVERIFY(window_->workbench()->modelsFolded());
    QVERIFY(window_->workbench()->compression()->detailsFolded());
    window_->resize(1440, 900);
    QTRY_VERIFY(!window_->workbench()->impact()->folded());
    QVERIFY(!window_->workbench()->modelsFolded());
  }

  void closingWhileBusyDoesNotWait() {
    drag(slider("Latent rank"), -40);
    QTRY_VERIFY_WITH_TIMEOUT(workspace_->activity().busy(), 5000);
    QElapsedTimer timer;
    timer.start();
    window_->close();
    QVERIFY(!window_->isVisible());
    QVERIFY(timer.elapsed() < 200);
    settle();
  }
};

QTEST_MAIN(WindowTest)
#include "window_test.moc"
