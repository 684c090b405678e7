// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/spending.hpp"

#include <QtTest>
#include <random>

#include "evaluation/paired_difference.hpp"
#include "evaluation/restricted_specs.hpp"

using namespace kvloupe;

class SpendingTest : public QObject {
  Q_OBJECT

 private slots:
  void stepsFollowTheHull() {
    // (4, 1) lies above the line from (0, 0) to (8, 1), and (6, 5) above everything.
    const std::vector<std::vector<Option>> items = {{{4, 1}, {8, 1}, {6, 5}, {16, 9}}};
    const std::vector<Spending> order = spendingOrder(items);
    QCOMPARE(order.size(), std::size_t(2));
    QCOMPARE(order[0].option, std::size_t(1));
    QCOMPARE(order[1].option, std::size_t(3));
    QCOMPARE(order[0].slope, 1.0 / 8);
    QCOMPARE(order[1].slope, 1.0);
  }

  void cheapBitsFirst() {
    const std::vector<std::vector<Option>> items = {{{10, 5}}, {{10, 1}, {20, 8}}, {{10, -0.5}}};
    const std::vector<Spending> order = spendingOrder(items);
    QCOMPARE(order.size(), std::size_t(4));
    QCOMPARE(order[0].item, std::size_t(2));
    QCOMPARE(order[1].item, std::size_t(1));
    QCOMPARE(order[2].item, std::size_t(0));
    QCOMPARE(order[3].item, std::size_t(1));
  }

  void noOtherChoiceOfTheSameBitsCostsLess() {
    std::mt19937 random(5);
    std::uniform_real_distribution<> any(0, 1);
    for (int repeat = 0; repeat < 50; ++repeat) {
      std::vector<std::vector<Option>> items(3);
      for (auto& item : items)
        for (int o = 1; o <= 4; ++o) item.push_back({8.0 * o, any(random) * o * o});
      const std::vector<Spending> order = spendingOrder(items);
      std::vector<Option> chosen(items.size());
      for (const Spending& step : order) {
        chosen[step.item] = items[step.item][step.option];
        double bits = 0, cost = 0;
        for (const Option& option : chosen) {
          bits += option.bitsSaved;
          cost += option.deltaNll;
        }
        // All 5^3 combinations: none saves as much for less.
        for (int a = 0; a < 125; ++a) {
          double otherBits = 0, otherCost = 0;
          for (std::size_t i = 0, code = std::size_t(a); i < 3; ++i, code /= 5)
            if (code % 5 > 0) {
              otherBits += items[i][code % 5 - 1].bitsSaved;
              otherCost += items[i][code % 5 - 1].deltaNll;
            }
          QVERIFY(otherBits < bits || otherCost >= cost - 1e-12);
        }
      }
    }
  }

  void specsOfSomeLayersAndTargets() {
    CompressionSpec both, late;
    both.targets = {Target::K, Target::V};
    both.rank = 8;
    late.targets = {Target::V};
    late.rank = 4;
    late.layers = {{2, 5}};
    const std::vector<CompressionSpec> specs = {both, late};
    const std::vector<Target> values = {Target::V};
    const auto parts = restrictedSpecs(specs, values, std::vector{3, 0, 1});
    QCOMPARE(parts.size(), std::size_t(2));
    QVERIFY(parts[0].targets == values);
    QVERIFY((parts[0].layers == std::vector<std::pair<int, int>>{{0, 1}, {3, 3}}));
    QVERIFY((parts[1].layers == std::vector<std::pair<int, int>>{{3, 3}}));
    QVERIFY(restrictedSpecs(specs, std::vector{Target::Latent}, std::vector{0}).empty());
  }

  void differencesArePairedOverCommonWindows() {
    Evaluation a, b;
    a.specs.resize(1);
    b.specs.resize(1);
    a.windowTokens = b.windowTokens = {2, 3, 2, 2};
    a.windowMeasured = {1, 1, 1, 0};
    b.windowMeasured = {1, 0, 1, 1};
    a.nll = {1, 2, 9, 9, 9, 3, 4};
    b.nll = {0.5F, 1, 2, 2, 7, 7};
    const auto difference = pairedDifference(a, b);
    QVERIFY(difference.has_value());
    QCOMPARE(difference->mean, (0.5 + 1 + 1 + 2) / 4);
    QVERIFY(!difference->halfWidth);  // two windows
    b.text.sha256 = "other";
    QVERIFY(!pairedDifference(a, b));
    b.text.sha256.clear();
    b.nll.pop_back();
    b.nll.pop_back();
    b.nll.pop_back();
    QVERIFY(!pairedDifference(a, b));
  }

  void differencesByPosition() {
    Evaluation a, b;
    a.specs.resize(1);
    b.specs.resize(1);
    a.windowTokens = b.windowTokens = {2, 3, 2};
    a.windowFirst = b.windowFirst = {1, 1, 2};
    a.windowMeasured = {1, 1, 1};
    b.windowMeasured = {1, 0, 1};
    a.nll = {1, 2, 9, 9, 9, 3, 4};
    b.nll = {0.5F, 1, 2, 2};
    b.figures.positions = {
        {.first = 0, .last = 1}, {.first = 2, .last = 3}, {.first = 4, .last = 5}};
    const auto bins = pairedByPosition(a, b);  // positions 1, 2 and 2, 3
    QCOMPARE(bins.size(), std::size_t(2));
    QCOMPARE(bins[0].tokens, std::int64_t(1));
    QCOMPARE(bins[0].deltaNll, 0.5);
    QCOMPARE(bins[1].tokens, std::int64_t(3));
    QCOMPARE(bins[1].deltaNll, (1.0 + 1.0 + 2.0) / 3);
    QVERIFY(!bins[1].interval);  // two windows
    b.windowMeasured = {1, 1, 1};
    b.nll = {0.5F, 1, 9, 8, 9, 2, 2};
    const auto three = pairedByPosition(a, b);
    QCOMPARE(three[1].tokens, std::int64_t(5));
    QCOMPARE(three[1].deltaNll, (1.0 + 1.0 + 0.0 + 1.0 + 2.0) / 5);
    QVERIFY(three[1].interval && three[1].interval->low < three[1].deltaNll);
    b.context = 7;
    QVERIFY(pairedByPosition(a, b).empty());
  }
};

QTEST_GUILESS_MAIN(SpendingTest)
#include "spending_test.moc"
