// SPDX-License-Identifier: GPL-3.0-or-later
// The whole window on the real core: from opening the bundled model to a saved and reopened run.
#include <QAction>
#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QLabel>
#include <QMessageBox>
#include <QMouseEvent>
#include <QProcess>
#include <QProcessEnvironment>
#include <QPushButton>
#include <QRegularExpression>
#include <QTest>

#include "app/support/real_window.hpp"
#include "charts/layers_chart.hpp"
#include "controls/rank_slider.hpp"
#include "pages/layers_page.hpp"
#include "panels/compression_panel.hpp"
#include "panels/error_dialog.hpp"
#include "panels/impact_panel.hpp"
#include "panels/start_page.hpp"
#include "panels/status_line.hpp"
#include "window/main_actions.hpp"
#include "window/main_window.hpp"
#include "window/workbench.hpp"
#include "workspace/workspace.hpp"

using namespace kvloupe;

namespace {

constexpr int kPatience = RealWindow::kPatience;

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

  std::unique_ptr<RealWindow> real_;
  MainWindow* window_ = nullptr;
  Workspace* workspace_ = nullptr;

  void settle() { real_->settle(); }
  RankSlider* slider(const QString& name) { return real_->slider(name); }
  const ImpactView& impact() { return window_->workbench()->impact()->view(); }
  QString runPath() const { return real_->folder.filePath("demo.kvl.h5"); }

 private slots:
  void initTestCase() {
    real_ = std::make_unique<RealWindow>();
    window_ = real_->window.get();
    workspace_ = real_->workspace.get();
  }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }
  void cleanupTestCase() { real_.reset(); }

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
    const auto bars = window_->workbench()->page<LayersPage>()->chart()->bars();
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
    // The accounting changes at once; an estimate stands beside the old figure until it is
    // measured.
    QVERIFY(words(*window_->workbench()->compression())
                .contains(QString("V rank %1, K untouched").arg(v->value())));
    QCOMPARE(impact().state, FigureState::Estimate);
    QVERIFY(impact().estimate->deltaPplPercent > before);
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
    const auto barsBefore = window_->workbench()->page<LayersPage>()->chart()->bars();
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
    const auto bars = window_->workbench()->page<LayersPage>()->chart()->bars();
    QCOMPARE(bars.size(), barsBefore.size());
    for (std::size_t i = 0; i < bars.size(); ++i) QCOMPARE(bars[i].value, barsBefore[i].value);
    QVERIFY(words(*window_->workbench()->compression()).contains("The model is not open"));
    QVERIFY(window_->windowTitle().contains("demo.kvl.h5"));
  }

  void theProgramDrawsARunWithoutADisplay() {
    QProcess program;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("XDG_RUNTIME_DIR", real_->folder.path());
    program.setProcessEnvironment(environment);
    const QString figure = real_->folder.filePath("layers.svg");
    program.start(KVLOUPE_PROGRAM, {"--export", "layers", "-o", figure, runPath()});
    QVERIFY(program.waitForFinished(60000));
    QCOMPARE(program.readAllStandardError(), QByteArray());
    QCOMPARE(program.exitCode(), 0);
    QFile file(figure);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray drawn = file.readAll();
    QVERIFY(drawn.contains("<svg") && drawn.contains("demo:gqa"));
    program.start(KVLOUPE_PROGRAM,
                  {"--export", "layers", "-o", figure, real_->folder.filePath("none.kvl.h5")});
    QVERIFY(program.waitForFinished(60000));
    QCOMPARE(program.exitCode(), 1);
    QCOMPARE(program.readAllStandardError().count('\n'), 1);
  }

  void aRefusalKeepsTheWork() {
    const std::size_t points = impact().plane.points.size();
    window_->openPath(real_->folder.filePath("no-such-model"), Slot::B);
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

  void closingAsksBeforeMeasurementsAreLost() {
    drag(slider("Latent rank"), -60);
    settle();
    QVERIFY(workspace_->worthSaving());
    window_->close();
    QVERIFY(window_->isVisible());
    auto* question = window_->findChild<QMessageBox*>();
    QVERIFY(question && question->isVisible());
    QTest::mouseClick(question->button(QMessageBox::Cancel), Qt::LeftButton);
    QVERIFY(window_->isVisible());
  }

  void closingWaitsForASave() {
    drag(slider("Latent rank"), 30);
    QTRY_VERIFY_WITH_TIMEOUT(workspace_->activity().busy(), 5000);
    const QString path = real_->folder.filePath("closing.kvl.h5");
    workspace_->saveRun(path);
    window_->close();
    QVERIFY(window_->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(!window_->isVisible(), 60000);
    QVERIFY(QFile::exists(path));
    window_->show();
    settle();
  }

  void closingWhileBusyDoesNotWait() {
    drag(slider("Latent rank"), -40);
    QTRY_VERIFY_WITH_TIMEOUT(workspace_->activity().busy(), 5000);
    window_->close();
    QVERIFY(!window_->isVisible());
    QVERIFY(!real_->runner->idle());  // what was told to stop has not ended yet
    settle();
  }
};

QTEST_MAIN(WindowTest)
#include "window_test.moc"
