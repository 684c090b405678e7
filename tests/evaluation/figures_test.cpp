// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/figures.hpp"

#include <QtTest>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

using namespace kvloupe;

namespace {

struct Window {
  std::vector<float> baselineNll, nll, kl;
  std::vector<std::uint8_t> sameTop1;
};

void compare(double found, double expected) {
  QVERIFY2(
      std::abs(found - expected) <= 1e-12 * std::max(1.0, std::abs(expected)),
      qPrintable(QStringLiteral("%1 is not %2").arg(found, 0, 'g', 17).arg(expected, 0, 'g', 17)));
}

void compare(const std::optional<Interval>& found, const nlohmann::json& expected) {
  QVERIFY(found.has_value());
  compare(found->low, expected["low"]);
  compare(found->high, expected["high"]);
}

}  // namespace

/// Against numpy and scipy: tests/data/evaluation/make_figures.py.
class FiguresTest : public QObject {
  Q_OBJECT

  nlohmann::json reference_;
  std::vector<Window> windows_;

  FigureAccumulator accumulate(std::size_t count) const {
    FigureAccumulator accumulator({.context = 32, .tokensPerByte = 0.25, .confidence = 0.95});
    for (std::size_t i = 0; i < count; ++i)
      accumulator.add(
          {windows_[i].baselineNll, windows_[i].nll, windows_[i].kl, windows_[i].sameTop1, 1});
    return accumulator;
  }

 private slots:
  void initTestCase() {
    std::ifstream file(KVLOUPE_TEST_DATA "/evaluation/figures.json");
    reference_ = nlohmann::json::parse(file);
    for (const auto& w : reference_["windows"])
      windows_.push_back({w["baseline_nll"], w["nll"], w["kl"], w["same_top1"]});
  }

  void figuresAgreeWithNumpy() {
    const EvaluationFigures figures = accumulate(windows_.size()).figures();
    QCOMPARE(figures.windows, 8);
    QCOMPARE(figures.tokensScored, std::int64_t(208));
    compare(figures.baseline.nllSum, reference_["baseline"]["nll_sum"]);
    compare(figures.baseline.ppl, reference_["baseline"]["ppl"]);
    compare(figures.baseline.interval, reference_["baseline"]);
    compare(figures.compressed.ppl, reference_["compressed"]["ppl"]);
    compare(figures.compressed.interval, reference_["compressed"]);
    compare(figures.deltaPplPercent, reference_["delta"]["percent"]);
    compare(figures.deltaInterval, reference_["delta"]);
    const Divergence& divergence = figures.divergence;
    compare(divergence.klMean, reference_["kl"]["mean"]);
    compare(divergence.klInterval, reference_["kl"]);
    compare(divergence.klMedian, reference_["kl"]["median"]);
    compare(divergence.klP99, reference_["kl"]["p99"]);
    compare(divergence.klMax, reference_["kl"]["max"]);
    compare(divergence.top1Agreement, reference_["top1"]["mean"]);
    compare(divergence.top1Interval, reference_["top1"]);
    compare(divergence.meanDeltaP, reference_["delta_p"]["mean"]);
    compare(divergence.rmsDeltaP, reference_["delta_p"]["rms"]);
  }

  void positionsAgreeWithNumpy() {
    const std::vector<PositionFigure> positions = accumulate(windows_.size()).figures().positions;
    const auto& expected = reference_["positions"];
    QCOMPARE(positions.size(), expected.size());
    for (std::size_t i = 0; i < positions.size(); ++i) {
      QCOMPARE(positions[i].first, expected[i]["first"].get<int>());
      QCOMPARE(positions[i].last, expected[i]["last"].get<int>());
      QCOMPARE(positions[i].tokens, expected[i]["tokens"].get<std::int64_t>());
      compare(positions[i].deltaNll, expected[i]["mean"]);
      compare(positions[i].interval, expected[i]);
    }
  }

  void bitsPerByteAgreeWithNumpy() {
    compare(accumulate(windows_.size()).figures().compressed.bitsPerByte,
            reference_["bits_per_byte"]);
  }

  void fewerThanThreeWindowsHaveNoInterval() {
    QVERIFY(!accumulate(2).figures().deltaInterval);
    QVERIFY(!accumulate(2).figures().baseline.interval);
    QVERIFY(accumulate(3).figures().deltaInterval);
  }

  void equalTokensAreExactlyEqual() {
    FigureAccumulator accumulator;
    for (const Window& w : windows_) {
      const std::vector<float> zero(w.nll.size(), 0);
      const std::vector<std::uint8_t> same(w.nll.size(), 1);
      accumulator.add({w.nll, w.nll, zero, same, 1});
    }
    const EvaluationFigures figures = accumulator.figures();
    QCOMPARE(figures.compressed.ppl, figures.baseline.ppl);
    QCOMPARE(figures.deltaPplPercent, 0.0);
    QCOMPARE(figures.deltaInterval->low, 0.0);
    QCOMPARE(figures.deltaInterval->high, 0.0);
    QCOMPARE(figures.divergence.top1Agreement, 1.0);
  }

  void oneTokenThatIsNotFiniteLeavesNoFigure() {
    FigureAccumulator accumulator = accumulate(windows_.size());
    const Window& w = windows_.front();
    std::vector<float> nll = w.nll, kl = w.kl;
    nll[3] = kl[3] = std::numeric_limits<float>::quiet_NaN();
    accumulator.add({w.baselineNll, nll, kl, w.sameTop1, 1});
    const EvaluationFigures figures = accumulator.figures();
    QVERIFY(std::isfinite(figures.baseline.ppl) && figures.baseline.interval);
    QVERIFY(std::isnan(figures.compressed.ppl) && !figures.compressed.interval);
    QVERIFY(std::isnan(figures.deltaPplPercent) && !figures.deltaInterval);
    for (const double figure : {figures.divergence.klMedian, figures.divergence.klP99,
                                figures.divergence.klMax, figures.divergence.klMean})
      QVERIFY(std::isnan(figure));
  }

  void aBaselineAloneHasNoDivergence() {
    FigureAccumulator accumulator;
    for (const Window& w : windows_) accumulator.add(w.baselineNll);
    const EvaluationFigures figures = accumulator.figures();
    compare(figures.baseline.ppl, reference_["baseline"]["ppl"]);
    QVERIFY(!figures.deltaInterval);
  }
};

QTEST_GUILESS_MAIN(FiguresTest)
#include "figures_test.moc"
