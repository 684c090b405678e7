// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/additive_estimate.hpp"

#include <QtTest>
#include <cmath>

#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"

using namespace kvloupe;

namespace {

constexpr int kLayers = 4, kDim = 16;

ModelInfo model() {
  ModelInfo info;
  info.numLayers = kLayers;
  info.numHeads = info.numKvHeads = 2;
  info.headDim = info.vHeadDim = kDim;
  info.taps = {Tap::K, Tap::KRope, Tap::V};
  return info;
}

/// Eigenvalues fall by 0.7 a component in K and by 0.9 in V.
double eigenvalue(Tap tap, int component) { return std::pow(tap == Tap::V ? 0.9 : 0.7, component); }

Analysis analysis() {
  Analysis all;
  for (int layer = 0; layer < kLayers; ++layer)
    for (const Tap tap : {Tap::KRope, Tap::V}) {
      TapStatistics statistics;
      statistics.layer = layer;
      statistics.tap = tap;
      statistics.heads.resize(2);
      for (HeadStatistics& head : statistics.heads)
        for (int i = 0; i < kDim; ++i) head.eigenvalues.push_back(eigenvalue(tap, i));
      all.taps.push_back(statistics);
    }
  return all;
}

double dropped(Tap tap, int rank) {
  double all = 0, gone = 0;
  for (int i = 0; i < kDim; ++i) {
    all += eigenvalue(tap, i);
    if (i >= rank) gone += eigenvalue(tap, i);
  }
  return gone / all;
}

// The truth that the tests assume: K is ten times as fragile as V, and late layers more than early.
double damage(Target target, int layer, int rank) {
  const double weight = (target == Target::K ? 1.0 : 0.1) * (layer + 1);
  return 0.05 * weight * dropped(target == Target::K ? Tap::KRope : Tap::V, rank);
}

std::vector<CompressionSpec> specsOf(const std::string& text) {
  std::vector<CompressionSpec> specs;
  for (const QByteArray& word : QByteArray::fromStdString(text).split(' '))
    specs.push_back(parseSpec(word.toStdString()));
  return specs;
}

Plan planOf(const std::string& text) { return resolvePlan(specsOf(text), model()); }

double truth(const Plan& plan) {
  double sum = 0;
  for (const auto& [where, chain] : plan.chains)
    sum += damage(where.second, where.first, *chain.rank);
  return sum;
}

Evaluation measured(const std::string& text, double factor = 1) {
  Evaluation evaluation;
  evaluation.specs = specsOf(text);
  const double percent = 100 * std::expm1(factor * truth(planOf(text)));
  evaluation.figures.deltaPplPercent = percent;
  evaluation.figures.deltaInterval = Interval{0.9 * percent, 1.1 * percent};
  return evaluation;
}

Sensitivity sensitivity(const std::string& text) {
  Sensitivity all;
  all.specText = text;
  all.columns = {"k", "v", "k+v"};
  all.layers = kLayers;
  const Plan plan = planOf(text);
  for (int layer = 0; layer < kLayers; ++layer)
    for (int column = 0; column < 3; ++column) {
      SensitivityCell cell;
      cell.layer = layer;
      cell.column = column;
      for (const Target target : {Target::K, Target::V})
        if (column == 2 || column == int(target))
          cell.deltaNll += damage(target, layer, *plan.chains.at({layer, target}).rank);
      all.cells.push_back(cell);
    }
  return all;
}

AdditiveEstimate estimateOf(const Analysis& statistics, const std::vector<Evaluation>& plans,
                            const Sensitivity* layers = nullptr) {
  std::vector<const Evaluation*> pointers;
  for (const Evaluation& plan : plans) pointers.push_back(&plan);
  return {model(), &statistics, pointers, layers};
}

}  // namespace

class AdditiveEstimateTest : public QObject {
  Q_OBJECT

  const Analysis statistics_ = analysis();

  static void compare(const std::optional<PlanEstimate>& estimate, const std::string& plan) {
    QVERIFY(estimate);
    const double expected = 100 * std::expm1(truth(planOf(plan)));
    QVERIFY2(std::abs(estimate->deltaPplPercent - expected) < 1e-9 * expected,
             qPrintable(QString("%1 against %2").arg(estimate->deltaPplPercent).arg(expected)));
  }

 private slots:
  void withoutAnythingMeasuredThereIsNone() {
    QVERIFY(!estimateOf(statistics_, {}).of(planOf("v:rank=8")));
    QVERIFY(!estimateOf(statistics_, {measured("v:rank=8")}).of(planOf("k:rank=8")));
    QVERIFY(!estimateOf(statistics_, {measured("v:rank=8")}).of(planOf("v:rank=8,basis=axis")));
    QVERIFY(!estimateOf(statistics_, {measured("v:rank=8")}).of(planOf("kv:rank=8")));
  }

  void onePlanTellsOtherRanksInProportion() {
    const auto estimate = estimateOf(statistics_, {measured("v:rank=8")});
    for (const char* plan : {"v:rank=2", "v:rank=8", "v:rank=15"})
      compare(estimate.of(planOf(plan)), plan);
    QCOMPARE(estimate.of(planOf("v:rank=4"))->learnedFrom, 1);
    QVERIFY(!estimate.of(planOf("v:rank=4"))->interval);
  }

  void halvesAddUp() {
    const auto estimate = estimateOf(statistics_, {measured("v:rank=8"), measured("k:rank=12")});
    compare(estimate.of(planOf("k:rank=6 v:rank=4")), "k:rank=6 v:rank=4");
  }

  void bothTogetherTellBothTogether() {
    const auto estimate = estimateOf(statistics_, {measured("kv:rank=4"), measured("kv:rank=12")})
                              .of(planOf("kv:rank=8"));
    QVERIFY(estimate);
    const double expected = 100 * std::expm1(truth(planOf("kv:rank=8")));
    QVERIFY(std::abs(estimate->deltaPplPercent / expected - 1) < 0.2);
  }

  void aSensitivityTellsLayers() {
    const Sensitivity layers = sensitivity("kv:rank=8");
    const auto estimate = estimateOf(statistics_, {}, &layers);
    for (const char* plan : {"v:rank=8@0", "k:rank=4@3", "v:rank=12 k:rank=12@1-2", "kv:rank=2"})
      compare(estimate.of(planOf(plan)), plan);
  }

  void powerLawsAreFollowed() {
    // dNLL as the square of what is dropped: two plans tell the exponent.
    const auto squared = [&](int rank) {
      Evaluation plan = measured("v:rank=" + std::to_string(rank));
      plan.figures.deltaPplPercent = 100 * std::expm1(std::pow(dropped(Tap::V, rank), 2));
      return plan;
    };
    const auto estimate = estimateOf(statistics_, {squared(4), squared(12)});
    for (const int rank : {2, 8, 14}) {
      const auto guess = estimate.of(planOf("v:rank=" + std::to_string(rank)));
      QVERIFY(std::abs(guess->deltaPplPercent - squared(rank).figures.deltaPplPercent) <
              1e-9 * guess->deltaPplPercent);
    }
  }

  void theIntervalIsLearnedFromPlansLeftOut() {
    const auto exact = estimateOf(
        statistics_, {measured("v:rank=4"), measured("v:rank=8"), measured("v:rank=12")});
    const PlanEstimate sure = *exact.of(planOf("v:rank=10"));
    QVERIFY(sure.interval && sure.interval->high - sure.interval->low < 1e-6);
    QCOMPARE(exact.record().plans, 3);
    QVERIFY(std::abs(exact.record().typicalFactor - 1) < 1e-9);
    const auto noisy = estimateOf(
        statistics_, {measured("v:rank=4"), measured("v:rank=8", 1.3), measured("v:rank=12")});
    const PlanEstimate unsure = *noisy.of(planOf("v:rank=10"));
    QVERIFY(unsure.interval->low < unsure.deltaPplPercent / 1.2);
    QVERIFY(unsure.interval->high > unsure.deltaPplPercent * 1.2);
    QVERIFY(noisy.record().typicalFactor > 1.1);
  }

  void plansThatTheModelCannotHaveAreLeftOut() {
    Evaluation foreign = measured("v:rank=8");
    foreign.specs = {parseSpec("v:rank=500")};
    QVERIFY(!estimateOf(statistics_, {foreign}).of(planOf("v:rank=8")));
  }
};

QTEST_GUILESS_MAIN(AdditiveEstimateTest)
#include "additive_estimate_test.moc"
