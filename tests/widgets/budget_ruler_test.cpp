// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/budget_ruler.hpp"

#include <QApplication>
#include <QRegularExpression>
#include <QTest>
#include <limits>

#include "theme/theme.hpp"

using namespace kvloupe;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

BudgetRuler::Mark at(double percent, std::optional<Interval> interval = {},
                     FigureState state = FigureState::Measured) {
  return {.deltaPplPercent = percent, .interval = interval, .role = DataRole::V, .state = state};
}

}  // namespace

class BudgetRulerTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light); }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }

  void itGrowsInStepsButNotUnderADrag() {
    BudgetRuler ruler;
    ruler.setMark(at(2));
    QCOMPARE(ruler.range().high, 6.0);
    ruler.setFrozen(true);
    ruler.setMark(at(30, Interval{-3, 34}));
    QCOMPARE(ruler.range().high, 6.0);
    QCOMPARE(ruler.range().low, 0.0);
    QCOMPARE(ruler.positionOf(30), ruler.positionOf(6));
    ruler.setFrozen(false);
    QCOMPARE(ruler.range().high, 50.0);
    QCOMPARE(ruler.range().low, -5.0);
    ruler.setMark({});
    QCOMPARE(ruler.range().high, 6.0);
  }

  void whatIsNotFiniteIsLeftOut() {
    BudgetRuler ruler;
    ruler.resize(560, 130);
    ruler.show();
    for (const double percent : {kInfinity, -kInfinity, kNan}) {
      ruler.setMark(at(percent));
      QVERIFY(!ruler.mark());
      ruler.setMark(at(1, Interval{0, percent}));
      QVERIFY(ruler.mark() && !ruler.mark()->interval);
      QCOMPARE(ruler.range().high, 6.0);
      ruler.grab();
    }
  }

  void aScreenReaderIsToldFigureIntervalAndState() {
    BudgetRuler ruler;
    ruler.setMark(at(0.93, Interval{0.84, 1.02}, FigureState::Estimate));
    QCOMPARE(ruler.accessibleDescription(),
             QString::fromUtf8("+0.93\u00a0%, 95\u00a0%: [+0.84, +1.02], estimate"));
    ruler.setMark(at(0.93));
    QCOMPARE(ruler.accessibleDescription(), QString::fromUtf8("+0.93\u00a0%"));
    ruler.setMark({});
    QVERIFY(ruler.accessibleDescription().isEmpty());
  }

  void anEstimatesWhiskerIsDashed() {
    BudgetRuler ruler;
    ruler.resize(560, 130);
    const auto gaps = [&](FigureState state) {
      ruler.setMark(at(1, Interval{0.5, 5}, state));
      const QImage picture = ruler.grab().toImage();
      const int y = ruler.height() - 62;  // of the mark
      int count = 0;
      for (int x = static_cast<int>(ruler.positionOf(1.5)); x < ruler.positionOf(4.5); ++x)
        if (picture.pixelColor(x, y).lightness() > 200) ++count;
      return count;
    };
    QVERIFY(gaps(FigureState::Measured) < 5);
    QVERIFY(gaps(FigureState::Estimate) > 40);
  }
};

QTEST_MAIN(BudgetRulerTest)
#include "budget_ruler_test.moc"
