// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QLabel>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <array>

#include "controls/state_pill.hpp"
#include "panels/impact_figures.hpp"
#include "panels/impact_panel.hpp"
#include "panels/projector_impact.hpp"
#include "theme/theme.hpp"

using namespace kvloupe;

namespace {

ImpactView measured() {
  ImpactView view;
  view.state = FigureState::Measured;
  view.measuredOn = QString::fromUtf8("papers · ctx 512 · demo evaluation");
  EvaluationFigures figures;
  figures.tokensScored = figures.tokensPlanned = 130816;
  figures.windows = figures.windowsPlanned = 256;
  figures.baseline = {.nllSum = 0, .ppl = 7.412, .interval = Interval{7.318, 7.506}};
  figures.compressed = {.nllSum = 0, .ppl = 7.481, .interval = Interval{7.386, 7.576}};
  figures.deltaPplPercent = 0.93;
  figures.deltaInterval = Interval{0.84, 1.02};
  figures.divergence.klMean = 0.0121;
  figures.divergence.top1Agreement = 0.964;
  view.figures = figures;
  view.cacheRatio = 1.4545;
  view.bytesPerToken = 2112;
  return view;
}

QString words(const QWidget& panel) {
  QStringList lines;
  for (const QLabel* label : panel.findChildren<QLabel*>())
    if (label->isVisibleTo(&panel) && !label->text().isEmpty()) lines << label->text();
  return lines.join('\n');
}

void verifyHas(const QString& text, const QStringList& figures) {
  for (const QString& figure : figures)
    QVERIFY2(text.contains(figure), qPrintable(figure + " in\n" + text));
}

/// Every figure has the room that it needs.
void verifyNothingIsCut(const QWidget& panel) {
  for (const FixedLabel* label : panel.findChildren<FixedLabel*>()) {
    if (!label->isVisible()) continue;
    const double needed = QFontMetricsF(label->font()).horizontalAdvance(label->text());
    QVERIFY2(label->width() >= needed, qPrintable(label->text()));
    const int right = label->mapTo(&panel, QPoint(label->width(), 0)).x();
    QVERIFY2(right <= panel.width(), qPrintable(label->text()));
  }
}

}  // namespace

class PanelsImpactTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light); }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }

  void measuredFiguresStandWithTheirIntervals() {
    ImpactPanel panel;
    panel.setView(measured());
    verifyHas(words(panel), {"7.412", QString::fromUtf8("±\u00a00.094"), "7.481",
                             QString::fromUtf8("+0.93\u00a0%"), "[+0.84, +1.02]", "96.4", "130,816",
                             "256 windows", "papers"});
    QCOMPARE(panel.pill()->state(), FigureState::Measured);
  }

  void anEstimateLooksLikeOne() {
    ImpactView view = measured();
    view.state = FigureState::Estimate;
    view.reason = "Estimated from what 3 measured plans cost";
    view.estimate =
        PlanEstimate{.deltaPplPercent = 2, .interval = Interval{1.5, 2.7}, .learnedFrom = 3};
    ImpactPanel panel;
    panel.setView(view);
    verifyHas(words(panel), {"7.412", QString::fromUtf8("≈7.560"),
                             QString::fromUtf8("≈+2.00\u00a0%"), "[+1.50, +2.70]", "0.0121"});
    QVERIFY(!words(panel).contains("+0.93"));
    QCOMPARE(panel.pill()->state(), FigureState::Estimate);
    panel.setFolded(true);
    verifyHas(words(panel), {QString::fromUtf8("≈+2.00\u00a0%")});
    view.estimate->interval.reset();
    view.baselineOnly = true;
    panel.setView(view);
    panel.setFolded(false);
    verifyHas(words(panel), {QString::fromUtf8("≈+2.00\u00a0%"), "no interval yet"});
  }

  void longFiguresAreNotCut() {
    ImpactPanel panel;
    ProjectorImpact hall;
    panel.resize(1000, 220);
    hall.resize(1300, 180);
    ImpactView view = measured();
    for (QWidget* each : std::initializer_list<QWidget*>{&panel, &hall}) {
      each->show();
      QVERIFY(QTest::qWaitForWindowExposed(each));
    }
    for (const double delta : {238.0, 1234.5, 123456.7}) {
      view.figures->baseline.ppl = 10 * delta;
      view.figures->deltaPplPercent = delta;
      view.estimate.reset();
      for (const bool estimated : {false, true}) {
        if (estimated) view.estimate = PlanEstimate{.deltaPplPercent = delta, .interval = {}};
        panel.setView(view);
        hall.setView(view);
        QTest::qWait(10);
        verifyNothingIsCut(panel);
        verifyNothingIsCut(hall);
      }
    }
  }

  void withoutAnIntervalItSaysSo() {
    ImpactView view = measured();
    view.state = FigureState::Measuring;
    view.figures->deltaInterval.reset();
    view.figures->windows = 1;
    ImpactPanel panel;
    panel.setView(view);
    verifyHas(words(panel), {"no interval yet", "of 130,816"});
  }

  void theBaselineAloneShowsNoChange() {
    ImpactView view = measured();
    view.baselineOnly = true;
    ImpactPanel panel;
    panel.setView(view);
    const QString text = words(panel);
    verifyHas(text, {"7.412", "not measured yet"});
    QVERIFY(!text.contains("7.481"));
    QVERIFY(!text.contains("0.93"));
  }

  void aFailureShowsItsReasonAndNoFigure() {
    ImpactView view = measured();
    view.state = FigureState::Failed;
    view.reason = "the device has no memory left";
    ImpactPanel panel;
    panel.setView(view);
    const QString text = words(panel);
    verifyHas(text, {view.reason});
    QVERIFY(!text.contains("7.4"));
  }

  void foldedItIsOneLine() {
    ImpactPanel panel;
    panel.resize(719, ImpactPanel::kFoldedHeight);  // of the smallest window
    panel.setView(measured());
    panel.setFolded(true);
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    QCOMPARE(panel.height(), ImpactPanel::kFoldedHeight);
    verifyHas(words(panel),
              {QString::fromUtf8("7.412 → 7.481"), QString::fromUtf8("1.45×"), "[+0.84, +1.02]"});
    panel.setFolded(false);
    QCOMPARE(panel.height(), ImpactPanel::kHeight);
  }

  void foldedItShowsBothModels() {
    ImpactPanel panel;
    panel.resize(1136, ImpactPanel::kFoldedHeight);
    ImpactView b = measured();
    b.slot = ModelSlot::B;
    b.figures->baseline.ppl = 7.388;
    b.figures->deltaPplPercent = 0.86;
    b.figures->deltaInterval = Interval{0.77, 0.95};
    b.cacheRatio = 1.333;
    panel.setView(measured(), b);
    panel.setFolded(true);
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    const ImpactLine& a = *panel.line(ModelSlot::A);
    const ImpactLine& other = *panel.line(ModelSlot::B);
    verifyHas(a.sentence(),
              {QString::fromUtf8("7.412 → 7.481"), "[+0.84, +1.02]", QString::fromUtf8("1.45×")});
    verifyHas(other.sentence(),
              {QString::fromUtf8("7.388 → 7.481"), "[+0.77, +0.95]", QString::fromUtf8("1.33×")});
    QVERIFY(a.geometry().right() < other.x());
    verifyNothingIsCut(panel);

    // The pill tells of the model that is chosen; the other tells its state itself.
    const auto* state = other.findChild<StatePill*>();
    QVERIFY(!state->isVisible());
    b.state = FigureState::Stale;
    b.reason = "the plan changed since";
    panel.setView(measured(), b);
    QVERIFY(state->isVisible());
    QCOMPARE(state->toolTip(), "stale: the plan changed since");
    QCOMPARE(panel.pill()->state(), FigureState::Measured);

    // Whatever state each is in, nothing goes and nothing moves beside it.
    const auto inState = [&](FigureState wanted, ModelSlot slot) {
      ImpactView view = slot == ModelSlot::A ? measured() : b;
      view.state = wanted;
      view.progress = 0.71;
      if (wanted == FigureState::Estimate)
        view.estimate =
            PlanEstimate{.deltaPplPercent = 2, .interval = Interval{1.5, 2.7}, .learnedFrom = 3};
      return view;
    };
    constexpr std::array kStates = {FigureState::Measured, FigureState::Estimate,
                                    FigureState::Measuring, FigureState::Stale};
    for (const FigureState first : kStates)
      for (const FigureState second : kStates) {
        const int before = other.x();
        panel.setView(inState(first, ModelSlot::A), inState(second, ModelSlot::B));
        QApplication::sendPostedEvents();
        for (const ImpactLine* line : {&a, &other})
          QVERIFY2(line->sentence().contains(QString::fromUtf8("→")), qPrintable(line->sentence()));
        verifyNothingIsCut(panel);
        QCOMPARE(other.x(), before);
      }

    // In a narrow window the perplexity gives way, never the change or the ratio.
    panel.resize(718, ImpactPanel::kFoldedHeight);
    QApplication::sendPostedEvents();
    verifyNothingIsCut(panel);
    for (const ImpactLine* line : {&a, &other}) {
      QVERIFY(!line->sentence().contains(QString::fromUtf8("→")));
      verifyHas(line->sentence(), {"[+0", QString::fromUtf8("×")});
    }

    panel.setView(measured());
    QVERIFY(!other.isVisible());
    QVERIFY(a.isVisible());
  }

  void nothingMovesWhenFiguresChange() {
    ImpactPanel panel;
    panel.resize(900, 220);
    ImpactView view = measured();
    panel.setView(view);
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    const auto places = [&] {
      QList<QPoint> found;
      for (const QLabel* label : panel.findChildren<QLabel*>())
        if (label->isVisibleTo(&panel)) found << label->mapTo(&panel, QPoint(0, 0));
      return found;
    };
    const QList<QPoint> before = places();
    view.state = FigureState::Stale;
    view.figures->baseline.ppl = 1234.5;
    view.figures->deltaPplPercent = 21.4;
    view.figures->deltaInterval.reset();
    panel.setView(view);
    QApplication::sendPostedEvents();
    QCOMPARE(places(), before);
  }
};

QTEST_MAIN(PanelsImpactTest)
#include "panels_impact_test.moc"
