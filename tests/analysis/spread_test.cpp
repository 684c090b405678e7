// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/spread.hpp"

#include <QtTest>
#include <limits>
#include <random>
#include <span>
#include <vector>

#include "analysis/fixture.hpp"
#include "analysis/noise_floor.hpp"
#include "analysis/tap_statistics.hpp"

using namespace kvloupe;
using nlohmann::json;

namespace {

// Windows of independent Gaussian tokens; a window's values share a random scale of their own, as
// real windows do, so that tokens are worth less than their number.
Moments simulate(std::mt19937& random, const std::vector<double>& sigma, int windows, int tokens,
                 double windowScatter = 0) {
  std::normal_distribution<double> normal;
  Moments moments(1, static_cast<int>(sigma.size()), windows);
  std::vector<float> values(sigma.size() * static_cast<std::size_t>(tokens));
  std::vector<double> scaled(sigma.size());
  for (int w = 0; w < windows; ++w) {
    for (std::size_t d = 0; d < sigma.size(); ++d)
      scaled[d] = sigma[d] * std::exp(windowScatter * normal(random));
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<float>(scaled[i % sigma.size()] * normal(random));
    moments.add(values, tokens, w);
  }
  return moments;
}

std::vector<double> geometric(int dims, double spread) {
  std::vector<double> sigma;
  for (int d = 0; d < dims; ++d) sigma.push_back(std::pow(spread, double(d) / (dims - 1)));
  return sigma;
}

SpreadStatistics spreadOf(const Moments& moments) {
  return summarise(moments, 0, Tap::K, Spectra::Skip).joined;
}

void compareFigures(const SpreadStatistics& actual, const json& expected, int dims) {
  QVERIFY(close(*actual.spread, expected["spread"], 1e-9));
  QVERIFY(close(*actual.robustSpread, expected["robust"], 1e-9));
  QVERIFY(!actual.notToldFromNoise);
  QVERIFY(close(actual.spreadInterval->low, expected["interval"][0], 1e-9));
  QVERIFY(close(actual.spreadInterval->high, expected["interval"][1], 1e-9));
  QVERIFY(close(actual.effectiveNoiseFloor->tokens, expected["n_eff"], 1e-9));
  QCOMPARE(actual.effectiveNoiseFloor->p97_5, noiseFloor(dims, expected["n_eff"]).p97_5);
}

}  // namespace

class SpreadTest : public QObject {
  Q_OBJECT
 private slots:
  // 23 windows in 20 groups, each group really left out by numpy.
  void jackknifeAgreesWithNumpy() {
    const json fixture = readFixture("spread.json");
    const int windows = fixture["windows"], tokens = fixture["tokens"];
    const int heads = fixture["heads"], dim = fixture["dim"];
    const auto values = fixture["values"].get<std::vector<float>>();
    const auto size = static_cast<std::size_t>(tokens * heads * dim);
    Moments moments(heads, dim, windows);
    for (int w = 0; w < windows; ++w)
      moments.add(std::span(values).subspan(static_cast<std::size_t>(w) * size, size), tokens, w);

    const TapStatistics tap = summarise(moments, 3, Tap::V, Spectra::Compute);
    QCOMPARE(tap.layer, 3);
    QCOMPARE(tap.tap, Tap::V);
    QCOMPARE(tap.tokens, std::int64_t{windows} * tokens);
    compareFigures(tap.joined, fixture["joined"], heads * dim);
    QCOMPARE(tap.joined.noiseFloor.tokens, double(windows * tokens));
    QCOMPARE(tap.heads.size(), std::size_t(heads));
    for (std::size_t h = 0; h < tap.heads.size(); ++h) {
      const HeadStatistics& head = tap.heads[h];
      compareFigures(head, fixture["by_head"][h], dim);
      QCOMPARE(head.eigenvalues.size(), std::size_t(dim));
      for (std::size_t i = 0; i < head.eigenvalues.size(); ++i)
        QVERIFY(close(head.eigenvalues[i], fixture["eigenvalues"][h][i], 1e-9));
      QVERIFY(close(head.participation, fixture["participation"][h], 1e-9));
      QCOMPARE(head.rank95, fixture["rank95"][h].get<int>());
      QVERIFY(head.rank90 >= 1 && head.rank90 <= head.rank95 && head.rank95 <= head.rank99);
    }
    const TapStatistics quick = summarise(moments, 3, Tap::V, Spectra::Skip);
    QVERIFY(quick.heads[0].eigenvalues.empty());
    QCOMPARE(quick.heads[0].rank95, 0);
    QCOMPARE(*quick.heads[0].spread, *tap.heads[0].spread);
  }

  void percentilesAreLinear() {
    const std::vector<double> values = {40, 10, 30, 20};
    QCOMPARE(percentile(values, 0), 10.0);
    QCOMPARE(percentile(values, 100), 40.0);
    QCOMPARE(percentile(values, 50), 25.0);
    QVERIFY(close(percentile(values, 5), 11.5, 1e-14));
    QCOMPARE(percentile(std::vector<double>{7}, 95), 7.0);
  }

  void spreadIsUndefinedWithoutData() {
    QVERIFY(!varianceSpread(std::vector<double>{}));
    QVERIFY(!varianceSpread(std::vector<double>{0, 0}));
    QVERIFY(!robustSpread(std::vector<double>{0, 0, 0, 1}));
    // A dead dimension beside live ones is a finding: the floor of 1e-8 keeps it finite.
    QCOMPARE(*varianceSpread(std::vector<double>{2, 0}), 2e8);

    Moments one(1, 2, 10);
    one.add(std::vector<float>{1, 2}, 1, 0);
    QVERIFY(!spreadOf(one).spread);
    QVERIFY(!spreadOf(one).robustSpread);
    QVERIFY(!spreadOf(one).notToldFromNoise);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    Moments half(1, 2, 10);  // the second dimension has one finite value
    half.add(std::vector<float>{1, 2, 3, nan, 5, nan}, 3, 0);
    const TapStatistics tap = summarise(half, 0, Tap::K, Spectra::Compute);
    QVERIFY(!tap.heads[0].spread);
    QCOMPARE(tap.heads[0].sigma[0], 2.0);
    QCOMPARE(tap.heads[0].sigma[1], 0.0);
    QCOMPARE(tap.nonfinite, std::int64_t{2});
    QVERIFY(tap.heads[0].eigenvalues.empty());
    QVERIFY(!spreadOf(Moments(2, 4, 10)).spread);
    QVERIFY(std::isnan(summarise(Moments(2, 4, 10), 0, Tap::K, Spectra::Compute).heads[0].mean[0]));
  }

  void fewerThanEightWindowsHaveNoInterval() {
    std::mt19937 random(5);
    const std::vector<double> sigma = geometric(16, 4);
    const SpreadStatistics seven = spreadOf(simulate(random, sigma, 7, 64));
    QVERIFY(seven.spread && !seven.spreadInterval && !seven.effectiveNoiseFloor);
    const SpreadStatistics eight = spreadOf(simulate(random, sigma, 8, 64));
    QVERIFY(eight.spreadInterval && eight.effectiveNoiseFloor);
    QVERIFY(eight.spreadInterval->low < *eight.spread);
    QVERIFY(eight.spreadInterval->high > *eight.spread);
  }

  void noiseIsNotToldFromNoise() {
    std::mt19937 random(6);
    for (int i = 0; i < 20; ++i) {
      const SpreadStatistics noise = spreadOf(simulate(random, geometric(64, 1), 20, 32));
      QVERIFY(noise.notToldFromNoise);
      QVERIFY(!noise.spreadInterval);
      const SpreadStatistics real = spreadOf(simulate(random, geometric(64, 4), 20, 32));
      QVERIFY(!real.notToldFromNoise);
      QVERIFY(real.spreadInterval);
    }
  }

  // Independent Gaussian tokens are worth what they are; windows that differ are worth less.
  void effectiveTokens() {
    std::mt19937 random(8);
    const auto effective = [&](double scatter) {
      return spreadOf(simulate(random, geometric(128, 3), 20, 64, scatter))
          .effectiveNoiseFloor->tokens;
    };
    const double independent = effective(0), scattered = effective(0.3);
    // The median of 128 jackknife variances of 19 degrees of freedom: within a fifth.
    QVERIFY2(independent > 0.8 * 1280 && independent < 1.3 * 1280,
             qPrintable(QString::number(independent)));
    // var log sigma = 1 / (2 n) + 0.3^2 / 20 about.
    QVERIFY2(scattered < 0.25 * 1280, qPrintable(QString::number(scattered)));
  }

  // 95 % intervals cover the true spread; over 400 draws 0.95 has a standard error of 0.011. Where
  // sigma differs much from window to window, 8 of them are too few, as statistics.md says.
  void intervalsCoverTheTrueSpread_data() {
    QTest::addColumn<double>("spread");
    QTest::addColumn<int>("windows");
    QTest::addColumn<double>("scatter");
    QTest::addColumn<double>("least");
    QTest::newRow("3x, 8 windows") << 3.0 << 8 << 0.0 << 0.92;
    QTest::newRow("3x, 20 windows that differ") << 3.0 << 20 << 0.1 << 0.92;
    QTest::newRow("8x, 30 windows in 20 groups") << 8.0 << 30 << 0.0 << 0.92;
    QTest::newRow("3x, 20 windows that differ much") << 3.0 << 20 << 0.3 << 0.92;
    QTest::newRow("3x, 8 windows that differ much") << 3.0 << 8 << 0.3 << 0.86;
  }
  void intervalsCoverTheTrueSpread() {
    QFETCH(double, spread);
    QFETCH(int, windows);
    QFETCH(double, scatter);
    QFETCH(double, least);
    std::mt19937 random(11);
    constexpr int kDraws = 400;
    int covered = 0, narrow = 0;
    for (int draw = 0; draw < kDraws; ++draw) {
      const auto statistics =
          spreadOf(simulate(random, geometric(16, spread), windows, 32, scatter));
      if (!statistics.spreadInterval) continue;
      const Interval& interval = *statistics.spreadInterval;
      // A common window scale leaves the spread of expected sigma as it is.
      if (interval.low <= spread && spread <= interval.high) ++covered;
      if (interval.high < 2 * interval.low) ++narrow;
    }
    const QString found = QString("%1 of %2 cover").arg(covered).arg(kDraws);
    QVERIFY2(covered >= least * kDraws && covered <= 0.98 * kDraws, qPrintable(found));
    if (least > 0.9) QVERIFY(narrow >= 0.95 * kDraws);
    qInfo("%s", qPrintable(found));
  }
};

QTEST_APPLESS_MAIN(SpreadTest)
#include "spread_test.moc"
