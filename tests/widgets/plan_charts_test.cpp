// SPDX-License-Identifier: GPL-3.0-or-later
// The charts of the Impact panel: convergence, and the plane of measured plans.
#include <qcustomplot.h>

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include "charts/chart_plot.hpp"
#include "charts/convergence_chart.hpp"
#include "charts/marks.hpp"
#include "charts/plan_plane_chart.hpp"
#include "theme/theme.hpp"

using namespace kvloupe;

namespace {

PlanPlaneData::Point plan(double ratio, double delta, DataRole role = DataRole::V) {
  PlanPlaneData::Point point;
  point.cacheRatio = ratio;
  point.deltaPplPercent = delta;
  point.role = role;
  point.spec = QStringLiteral("v:rank=%1").arg(static_cast<int>(ratio * 10));
  return point;
}

template <typename Chart>
void show(Chart& chart, const QSize& size) {
  chart.resize(size);
  chart.show();
  QVERIFY(QTest::qWaitForWindowExposed(&chart));
  chart.plot()->replot();
}

}  // namespace

class PlanChartsTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qApp, ThemeKind::Light); }
  void init() {
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
  }

  void convergenceShowsTheWholeText() {
    ConvergenceChart chart;
    ConvergenceData data;
    data.tokensPlanned = 128000;
    data.budgets = {1};
    for (int i = 1; i <= 100; ++i)
      data.points.push_back({i * 500, i < 5 ? 40.0 : 0.9, Interval{0.8, 1.0}});
    chart.setData(data);
    show(chart, {360, 190});
    QCOMPARE(chart.plot()->xAxis->range().upper, 128.0);
    QVERIFY(chart.plot()->yAxis->range().contains(0));
    QVERIFY(chart.plot()->yAxis->range().contains(1.0));
    QVERIFY(chart.plot()->yAxis->range().upper < 5);  // the beginning's swing does not stretch it
    chart.setAxesFrozen(true);
    const QCPRange y = chart.plot()->yAxis->range();
    data.points.back().deltaPplPercent = 12;
    chart.setData(data);
    QCOMPARE(chart.plot()->yAxis->range(), y);  // the pointer drags
    chart.setAxesFrozen(false);
    QVERIFY(chart.plot()->yAxis->range().upper >= 12);
    // Another plan's curve of as many points stands on axes of its own.
    for (ConvergencePoint& point : data.points) point = {point.tokens, 2e5, std::nullopt};
    chart.setData(data);
    QVERIFY(chart.plot()->yAxis->range().upper >= 2e5);
    for (ConvergencePoint& point : data.points) point.deltaPplPercent = 1.1;
    chart.setData(data);
    QVERIFY(chart.plot()->yAxis->range().upper < 5);
    // Of thousands of windows some are spoken, the last among them.
    for (int i = 101; i <= 5000; ++i) data.points.push_back({i * 500, 1.25, std::nullopt});
    chart.setData(data);
    QVERIFY(chart.accessibleDescription().count(QLatin1Char('\n')) <= 60);
    QVERIFY(chart.accessibleDescription().contains(QStringLiteral("2500000, 1.25")));
    QCOMPARE(chart.csvRows().size(), std::size_t(5001));
    chart.clear();
    QCOMPARE(chart.plot()->xAxis->range().upper, 128.0);
  }

  void aLabelKeepsOffTheCurve() {
    const QRectF above(0, 0, 40, 10), below(0, 20, 40, 10);
    QCOMPARE(freePlace({above, below}, {}), above);
    QCOMPARE(freePlace({above, below}, {{5, 5}}), below);
    QCOMPARE(freePlace({above, below}, {{5, 5}, {5, 25}}), above);
  }

  void planRolesAreTheirTargets() {
    const auto spec = [](std::vector<Target> targets) {
      CompressionSpec s;
      s.targets = std::move(targets);
      return s;
    };
    QCOMPARE(planRole({}), DataRole::Neither);
    QCOMPARE(planRole({spec({Target::V})}), DataRole::V);
    QCOMPARE(planRole({spec({Target::V}), spec({Target::K})}), DataRole::KV);
    QCOMPARE(planRole({spec({Target::Latent}), spec({Target::RopeKey})}), DataRole::Latent);
    QCOMPARE(planRole({spec({Target::RopeKey})}), DataRole::RopeKey);
  }

  void frontHoldsTheWorseCostBetweenPlans() {
    const auto front = bestFront({plan(1.5, 2), plan(1.2, 0.5), plan(1.3, 3), plan(1.4, 1)});
    const std::vector<QPointF> expected = {{1, 0.5}, {1.2, 0.5}, {1.2, 1},
                                           {1.4, 1}, {1.4, 2},   {1.5, 2}};
    QCOMPARE(front, expected);
    QVERIFY(bestFront({}).empty());
  }

  void plansOutOfRangeStayVisible() {
    PlanPlaneChart chart;
    PlanPlaneData data;
    data.points = {plan(1.2, 0.5), plan(1.4, 238, DataRole::K)};
    chart.setData(data);
    show(chart, {370, 190});
    QCOMPARE(chart.title(), QStringLiteral("2 plans measured"));
    const auto marks = chart.marks();
    QCOMPARE(marks.size(), std::size_t(2));
    QVERIFY(!marks[0].outOfRange);
    QVERIFY(marks[1].outOfRange);
    const QRectF area(chart.plot()->axisRect()->rect());
    QVERIFY(area.contains(marks[1].position));
    QVERIFY(marks[1].position.y() < area.top() + 12);
    QCOMPARE(chart.legend().at(0).text, QStringLiteral("K"));
    QCOMPARE(chart.legend().at(1).text, QStringLiteral("V"));
    QSignalSpy clicked(&chart, &PlanPlaneChart::planClicked);
    QTest::mouseClick(chart.plot(), Qt::LeftButton, {}, marks[0].position.toPoint());
    QCOMPARE(clicked.count(), 1);
    QCOMPARE(clicked[0][0].toInt(), 0);
  }

  void evaluationBecomesAPoint() {
    Evaluation evaluation;
    evaluation.context = 512;
    evaluation.accounting.cacheRatio = 1.45;
    evaluation.figures.deltaPplPercent = 0.93;
    evaluation.figures.deltaInterval = Interval{0.84, 1.02};
    evaluation.figures.tokensScored = 130816;
    evaluation.figures.windows = evaluation.figures.windowsPlanned = 256;
    evaluation.specText = "v:rank=24";
    CompressionSpec spec;
    spec.targets = {Target::V};
    evaluation.specs = {spec};
    const PlanPlaneData::Point point = planPoint(evaluation);
    QCOMPARE(point.spec, QStringLiteral("v:rank=24"));
    QCOMPARE(point.protocol, QStringLiteral("papers"));
    QCOMPARE(point.context, 512);
    QCOMPARE(point.tokens, 130816);
    QCOMPARE(point.role, DataRole::V);
    QCOMPARE(point.state, FigureState::Measured);
    evaluation.figures.windows = 3;
    QCOMPARE(planPoint(evaluation).state, FigureState::Measuring);
  }
};

QTEST_MAIN(PlanChartsTest)
#include "plan_charts_test.moc"
