// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "evaluation/clustered_mean.hpp"
#include "evaluation/early_stop.hpp"
#include "evaluation/figures.hpp"

using namespace kvloupe;

namespace {

constexpr int kRepeats = 1500;

struct Population {
  std::vector<WindowSum> windows;
  double mean = 0;  // of dNLL, nats a token

  std::vector<WindowSum> draw(int count, std::mt19937_64& random) const {
    std::uniform_int_distribution<std::size_t> any(0, windows.size() - 1);
    std::vector<WindowSum> sample;
    for (int i = 0; i < count; ++i) sample.push_back(windows[any(random)]);
    return sample;
  }
};

double percent(double deltaNll) { return 100 * std::expm1(deltaNll); }

ConvergencePoint pointOf(const ClusteredMean& mean) {
  ConvergencePoint point{.tokens = 0, .deltaPplPercent = percent(mean.mean), .interval = {}};
  if (mean.halfWidth)
    point.interval =
        Interval{percent(mean.mean - *mean.halfWidth), percent(mean.mean + *mean.halfWidth)};
  return point;
}

bool covers(const ConvergencePoint& point, const Population& population) {
  const double truth = percent(population.mean);
  return point.interval && point.interval->low <= truth && truth <= point.interval->high;
}

}  // namespace

/// Intervals over resampled windows of real dNLL (tests/data/evaluation/make_window_sums.py).
class CoverageTest : public QObject {
  Q_OBJECT

  std::map<std::string, Population> populations_;

  void rows() {
    QTest::addColumn<QString>("name");
    for (const auto& [name, population] : populations_)
      QTest::newRow(name.c_str()) << QString::fromStdString(name);
  }

 private slots:
  void initTestCase() {
    std::ifstream file(KVLOUPE_TEST_DATA "/evaluation/window_sums.json");
    const auto json = nlohmann::json::parse(file);
    for (const auto& [name, entry] : json.items()) {
      Population& population = populations_[name];
      for (const double sum : entry["sums"])
        population.windows.push_back({entry["tokens"].get<std::int64_t>(), sum});
      population.mean = clusteredMean(population.windows).mean;
    }
    QVERIFY(populations_.size() >= 2);
  }

  void thePairedIntervalCovers93To97Percent_data() { rows(); }
  void thePairedIntervalCovers93To97Percent() {
    QFETCH(QString, name);
    const Population& population = populations_.at(name.toStdString());
    for (const int windows : {30, 100}) {
      std::mt19937_64 random(11);
      int covered = 0;
      for (int i = 0; i < kRepeats; ++i)
        covered += covers(pointOf(clusteredMean(population.draw(windows, random))), population);
      const double coverage = double(covered) / kRepeats;
      qInfo("%s, %d windows: %.3f", qPrintable(name), windows, coverage);
      QVERIFY2(coverage >= 0.93 && coverage <= 0.97, qPrintable(QString::number(coverage)));
    }
  }

  void stoppingOnWhatOneLooksAtStillCovers93Percent_data() { rows(); }
  void stoppingOnWhatOneLooksAtStillCovers93Percent() {
    QFETCH(QString, name);
    const Population& population = populations_.at(name.toStdString());
    constexpr int kMost = 200;
    // Half widths that are met after about so many windows.
    for (const int about : {12, 25, 60}) {
      std::mt19937_64 random(12);
      const double wanted = *clusteredMean(population.windows, EarlyStop::kConfidence).halfWidth *
                            std::sqrt(double(population.windows.size()) / about);
      const EarlyStop stop(percent(population.mean + wanted) - percent(population.mean));
      int covered = 0, stopped = 0;
      for (int i = 0; i < kRepeats; ++i) {
        const std::vector<WindowSum> sample = population.draw(kMost, random);
        for (int n = EarlyStop::kLeastWindows;; ++n) {
          const ConvergencePoint point = pointOf(
              clusteredMean(std::span(sample).first(std::size_t(n)), EarlyStop::kConfidence));
          const bool enough = stop.enough(point, n);
          if (!enough && n < kMost) continue;
          stopped += enough;
          covered += covers(point, population);
          break;
        }
      }
      const double coverage = double(covered) / kRepeats;
      qInfo("%s, about %d windows: %.3f", qPrintable(name), about, coverage);
      QVERIFY2(coverage >= 0.93, qPrintable(QString::number(coverage)));
      QVERIFY(stopped > 0.95 * kRepeats);
    }
  }

  void nothingStopsBeforeTheLeastWindows() {
    const ConvergencePoint narrow{.tokens = 1, .deltaPplPercent = 1, .interval = Interval{1, 1}};
    QVERIFY(!EarlyStop(0.5).enough(narrow, EarlyStop::kLeastWindows - 1));
    QVERIFY(EarlyStop(0.5).enough(narrow, EarlyStop::kLeastWindows));
    const ConvergencePoint wide{.tokens = 1, .deltaPplPercent = 1, .interval = Interval{0, 1.6}};
    QVERIFY(!EarlyStop(0.5).enough(wide, 100));
    QVERIFY(!EarlyStop(0.5).enough({.tokens = 1, .deltaPplPercent = 0, .interval = {}}, 100));
  }
};

QTEST_GUILESS_MAIN(CoverageTest)
#include "coverage_test.moc"
