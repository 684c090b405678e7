// SPDX-License-Identifier: GPL-3.0-or-later
#include <qcustomplot.h>

#include <QApplication>
#include <QRegularExpression>
#include <QTest>

#include "charts/chart_plot.hpp"
#include "charts/cumulative_chart.hpp"
#include "theme/theme.hpp"

using namespace kvloupe;

namespace {

std::shared_ptr<const Sensitivity> figures() {
  auto result = std::make_shared<Sensitivity>();
  result->layers = 3;
  result->columns = {"v"};
  for (int layer = 0; layer < 3; ++layer) {
    SensitivityCell cell;
    cell.layer = layer;
    cell.deltaPplPercent = 1.0 + 4 * layer;
    result->cells.push_back(cell);
    CumulativePoint point;
    point.estimatePercent = 1.0 + layer;
    point.deltaPplPercent = 2.0 + layer;
    result->cumulative.push_back(point);
  }
  return result;
}

template <class Chart>
QImage picture(Chart& chart) {
  chart.plot()->replot();
  return chart.plot()->grab().toImage();
}

}  // namespace

class SensitivityChartsTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light); }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }

  void staleCellsArePale() {
    SensitivityMap map;
    map.resize(700, 300);
    map.show();
    QVERIFY(QTest::qWaitForWindowExposed(&map));
    SensitivityView view{.figures = figures(), .subtitle = {}};
    map.setData(view);
    map.plot()->replot();
    const QPoint corner = (map.cellRect(2, 0).topLeft() + QPointF(4, 4)).toPoint();
    const int fresh = picture(map).pixelColor(corner).lightness();
    view.stale = true;
    map.setData(view);
    QVERIFY(picture(map).pixelColor(corner).lightness() > fresh + 20);
  }

  void staleMarksAreHollow() {
    CumulativeChart chart;
    chart.resize(700, 300);
    chart.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    SensitivityView view{.figures = figures(), .subtitle = {}};
    chart.setData(view);
    chart.plot()->replot();
    const QPoint mark(static_cast<int>(chart.plot()->xAxis->coordToPixel(2)),
                      static_cast<int>(chart.plot()->yAxis->coordToPixel(3)));
    QCOMPARE(picture(chart).pixelColor(mark), lightPalette().of(DataRole::V).fill);
    view.stale = true;
    chart.setData(view);
    QCOMPARE(picture(chart).pixelColor(mark), lightPalette().page);
  }

  void everyColumnIsNamedAtItsEnd() {
    CumulativeChart chart;
    chart.resize(700, 300);
    chart.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    auto two = std::make_shared<Sensitivity>(*figures());
    two->columns = {"k", "k+v"};
    two->cumulative.clear();
    for (const int column : {0, 1})
      for (int layer = 0; layer < two->layers; ++layer) {
        CumulativePoint point;
        point.column = column;
        point.deltaPplPercent = 10.0 * (1 + layer) + 0.01 * column;
        point.estimatePercent = point.deltaPplPercent;
        two->cumulative.push_back(point);
      }
    chart.setData({.figures = two, .subtitle = {}});
    chart.plot()->replot();
    const std::vector<CumulativeChart::End> ends = chart.ends();
    QCOMPARE(ends.size(), std::size_t(2));
    QVERIFY(!ends[0].place.intersects(ends[1].place));
    const double last = chart.plot()->xAxis->coordToPixel(two->layers);
    for (const CumulativeChart::End& end : ends) {
      QVERIFY(end.words.contains(QStringLiteral("\u00a0%")));
      QVERIFY(end.place.left() > last);
      QVERIFY(end.place.right() <= chart.plot()->width());
    }
  }
};

QTEST_MAIN(SensitivityChartsTest)
#include "sensitivity_charts_test.moc"
