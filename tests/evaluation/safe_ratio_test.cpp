// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/safe_ratio.hpp"

#include <QtTest>
#include <cmath>
#include <functional>

#include "evaluation/sweep_curves.hpp"
#include "evaluation/verdict.hpp"

using namespace kvloupe;

namespace {

constexpr int kDim = 64;

/// A curve whose dPPL at step s is `cost(s)`, every interval being +- `half`.
struct Curve {
  std::function<double(int)> cost;
  double half = 0.1;
  StepPoints points = {};
  int measured = 0;

  const SweepPoint& measure(int step) {
    if (const auto found = points.find(step); found != points.end()) return found->second;
    ++measured;
    SweepPoint point;
    point.rank = kDim - step;
    point.cacheRatio = 2.0 * kDim / (2 * kDim - step);
    point.deltaPplPercent = cost(step);
    point.interval = Interval{cost(step) - half, cost(step) + half};
    return points.emplace(step, point).first->second;
  }
  SafeRatio search(double budget) {
    searchSafeRatio(budget, kDim - 1, [this](int s) -> const SweepPoint& { return measure(s); });
    return safeRatio(budget, points);
  }
};

SweepCurve curveOf(const char* name, Curve& curve, const std::vector<double>& budgets) {
  SweepCurve result;
  result.name = name;
  result.label = name;
  result.dim = kDim;
  for (const double budget : budgets) result.safe.push_back(curve.search(budget));
  return result;
}

KeyRule ruleOf(Curve keys, Curve values) {
  Sweep sweep;
  sweep.budgets = {1};
  sweep.curves = {curveOf("v", values, sweep.budgets), curveOf("k_rope", keys, sweep.budgets)};
  return verdictOf(sweep).rules.at(0);
}

Ruling rulingOf(Curve keys, Curve values) {
  return ruleOf(std::move(keys), std::move(values)).ruling;
}

}  // namespace

class SafeRatioTest : public QObject {
  Q_OBJECT

 private slots:
  void withoutRotaryPositionsKIsJudgedOnce() {
    ModelInfo model;
    model.numLayers = 2;
    model.numHeads = model.numKvHeads = 4;
    model.headDim = model.vHeadDim = 16;
    model.taps = {Tap::K, Tap::KRope, Tap::V};
    const auto names = [&] {
      QStringList all;
      for (const SweepCurve& curve : defaultCurves(model))
        all << QString::fromStdString(curve.name);
      return all;
    };
    QCOMPARE(names(), QStringList({"v", "k_rope", "k", "kv"}));
    model.rotary = false;
    QCOMPARE(names(), QStringList({"v", "k_rope", "kv"}));
  }

  void bisectionFindsWhatEveryStepWouldTell_data() {
    QTest::addColumn<double>("slope");
    QTest::addColumn<double>("budget");
    for (const double slope : {0.001, 0.013, 0.05, 0.2, 0.9})
      for (const double budget : {1.0, 3.0, 5.0})
        QTest::addRow("%g within %g", slope, budget) << slope << budget;
  }
  void bisectionFindsWhatEveryStepWouldTell() {
    QFETCH(double, slope);
    QFETCH(double, budget);
    Curve curve{[&](int s) { return slope * s * s / 8; }};
    const SafeRatio found = curve.search(budget);
    QVERIFY(curve.measured <= 14);
    Curve all = curve;
    for (int s = 1; s < kDim; ++s) (void)all.measure(s);
    const SafeRatio truth = safeRatio(budget, all.points);
    QCOMPARE(int(found.state), int(truth.state));
    QCOMPARE(found.rank, truth.rank);
    QCOMPARE(found.failsFromRank, truth.failsFromRank);
    QCOMPARE(found.confirmed, found.rank != 1);  // beyond rank 1 there is no step
    QVERIFY(!found.passesAgain);
    if (found.ratio) QVERIFY(found.interval->high <= budget);
  }

  void aTargetThatFailsFromItsFirstStep() {
    Curve curve{[](int s) { return 20.0 + s; }};
    const SafeRatio safe = curve.search(1);
    QCOMPARE(int(safe.state), int(SafeRatio::State::Fails));
    QVERIFY(!safe.ratio);
    QCOMPARE(safe.failsFromRank, kDim - 1);
  }

  void tooWideIntervalsDecideNothing() {
    Curve curve{[](int s) { return 0.01 * s; }, 50};
    const SafeRatio safe = curve.search(1);
    QCOMPARE(int(safe.state), int(SafeRatio::State::Undecided));
    QVERIFY(!safe.ratio && !safe.failsFrom);
  }

  void whatPassesAgainIsSaid() {
    Curve curve{[](int s) { return s == 10 ? 5.0 : 0.02 * s; }};
    for (const int s : {9, 10, 11, 30}) (void)curve.measure(s);
    const SafeRatio safe = safeRatio(1, curve.points);
    QVERIFY(safe.passesAgain);
    QCOMPARE(safe.rank, kDim - 30);
  }

  void theRuleOfTheVerdict() {
    const auto line = [](double slope, double half = 0.1) {
      return Curve{[slope](int s) { return slope * s; }, half};
    };
    QCOMPARE(int(rulingOf(line(0.5), line(0.02))), int(Ruling::Holds));
    QCOMPARE(int(rulingOf(line(0.02), line(0.5))), int(Ruling::Reversed));
    QCOMPARE(int(rulingOf(line(0.2), line(0.2))), int(Ruling::DoesNotHold));
    QCOMPARE(int(rulingOf(line(0.02, 0.5), line(0.02, 0.5))), int(Ruling::Undecided));
    QCOMPARE(int(rulingOf(line(30), line(0.02))), int(Ruling::Holds));  // K fails at once
    QCOMPARE(int(rulingOf(line(0.02, 90), line(0.02, 90))), int(Ruling::Undecided));
  }

  /// Each target is named once, with what passes and what fails.
  void theReasonReadsOnce() {
    const auto reason = [](Curve keys, Curve values) {
      return ruleOf(std::move(keys), std::move(values)).reason;
    };
    const auto line = [](double slope, double half = 0.1) {
      return Curve{[slope](int s) { return slope * s; }, half};
    };
    const std::string told = reason(line(0.25), line(0.2));
    QVERIFY2(QRegularExpression("^V passes at [0-9.]+×, fails from [0-9.]+×; "
                                "K passes at [0-9.]+×, fails from [0-9.]+×$")
                 .match(QString::fromStdString(told))
                 .hasMatch(),
             told.c_str());
    const std::string alike = reason(line(30), line(30));
    QVERIFY2(QRegularExpression("^V fails from its first step, [0-9.]+×; K likewise$")
                 .match(QString::fromStdString(alike))
                 .hasMatch(),
             alike.c_str());
    QCOMPARE(reason(line(0.02, 90), line(0.02, 90)),
             std::string("V is seen neither to pass nor to fail; K likewise; what lies between is "
                         "too wide to tell"));
    const std::string holds = reason(line(30), line(0.02));
    QVERIFY2(QRegularExpression("^V [0-9.]+×, K fails from [0-9.]+×$")
                 .match(QString::fromStdString(holds))
                 .hasMatch(),
             holds.c_str());
  }

  void theRuleAtHalfRank() {
    const Sweep sweep;
    const auto ruling = [&](Interval interval) {
      const Verdict verdict = verdictOf(sweep, (interval.low + interval.high) / 2, interval);
      return int(verdict.rules.at(0).ruling);
    };
    QCOMPARE(ruling({0.006, 0.01}), int(Ruling::Holds));
    QCOMPARE(ruling({-0.002, 0.001}), int(Ruling::DoesNotHold));
    QCOMPARE(ruling({0.004, 0.006}), int(Ruling::Undecided));
  }

  void theVerdictSaysHowFarItReaches() {
    Sweep sweep;
    sweep.setting.context = 512;
    const Verdict verdict = verdictOf(sweep);
    QVERIFY(verdict.sentences.back().find("512 tokens of context") != std::string::npos);
  }
};

QTEST_GUILESS_MAIN(SafeRatioTest)
#include "safe_ratio_test.moc"
