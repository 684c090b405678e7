// SPDX-License-Identifier: GPL-3.0-or-later
// What the pointer does to a chart belongs to the screen alone.
#include <qcustomplot.h>

#include <QApplication>
#include <QRegularExpression>
#include <QTest>

#include "charts/chart_plot.hpp"
#include "charts/convergence_chart.hpp"
#include "charts/plan_plane_chart.hpp"
#include "theme/theme.hpp"

using namespace kvloupe;

namespace {

ConvergenceData convergence(int points) {
  ConvergenceData data;
  data.tokensPlanned = 8000;
  for (int i = 1; i <= points; ++i) {
    ConvergencePoint point;
    point.tokens = 1000 * i;
    point.deltaPplPercent = 1.0 + 0.1 * i;
    data.points.push_back(point);
  }
  return data;
}

PlanPlaneData plans(int points) {
  PlanPlaneData data;
  for (int i = 0; i < points; ++i) {
    PlanPlaneData::Point point;
    point.cacheRatio = 1.2 + 0.1 * i;
    point.deltaPplPercent = 1.0 + i;
    data.points.push_back(point);
  }
  return data;
}

QImage picture(ChartFrame& chart) {
  chart.plot()->replot();
  return chart.plot()->grab().toImage();
}

/// `from` hovers its last mark; with fewer data there is nothing to frame any more.
template <class Chart, class Data>
void verifyHover(const Data& all, const Data& fewer, const QPointF& last) {
  Chart chart;
  chart.resize(420, 240);
  chart.show();
  QVERIFY(QTest::qWaitForWindowExposed(&chart));
  chart.setData(all);
  const QImage bare = picture(chart);
  const QImage figure = chart.renderImage(FigureSpec::oneColumn(), 100);
  const QPointF at(chart.plot()->xAxis->coordToPixel(last.x()),
                   chart.plot()->yAxis->coordToPixel(last.y()));
  QTest::mouseMove(chart.plot(), at.toPoint());
  const QImage framed = picture(chart);
  QVERIFY(framed != bare);
  QCOMPARE(chart.renderImage(FigureSpec::oneColumn(), 100), figure);
  chart.setData(all);
  QCOMPARE(picture(chart), framed);
  chart.setData(fewer);
  const QImage after = picture(chart);
  QTest::mouseMove(chart.plot(), QPoint(2, 2));
  QCOMPARE(picture(chart), after);
}

}  // namespace

class ChartHoverTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light); }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }

  void ofAConvergence() {
    verifyHover<ConvergenceChart>(convergence(8), convergence(3), QPointF(7, 1.7));
  }
  void ofPlans() { verifyHover<PlanPlaneChart>(plans(4), plans(2), QPointF(1.5, 4)); }
};

QTEST_MAIN(ChartHoverTest)
#include "chart_hover_test.moc"
