// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/layer_summary.hpp"

#include <QtTest>
#include <limits>

using namespace kvloupe;

namespace {

TapStatistics entry(int layer, Tap tap, std::optional<double> spread, double sigma) {
  TapStatistics statistics;
  statistics.layer = layer;
  statistics.tap = tap;
  statistics.joined.spread = spread;
  statistics.joined.robustSpread = spread ? std::optional(*spread / 2) : std::nullopt;
  statistics.joined.meanSigma = sigma;
  return statistics;
}

Analysis sample() {
  Analysis analysis;
  analysis.taps = {entry(0, Tap::K, 10, 1), entry(0, Tap::KRope, 20, 2), entry(0, Tap::V, 2, 3),
                   entry(1, Tap::K, 4, 3),  entry(1, Tap::KRope, 6, 2),  entry(1, Tap::V, 4, 3),
                   entry(2, Tap::K, {}, 0), entry(2, Tap::KRope, 9, 2),  entry(2, Tap::V, 3, 3)};
  return analysis;
}

}  // namespace

class LayerSummaryTest : public QObject {
  Q_OBJECT

 private slots:
  void figuresOverLayers() {
    Analysis analysis = sample();
    summariseLayers(analysis, false);
    QCOMPARE(analysis.summaries.size(), std::size_t(3));
    const TapSummary& keys = analysis.summaries[0];
    QCOMPARE(int(keys.tap), int(Tap::K));
    QCOMPARE(keys.spread->mean, 7.0);  // the undefined one is left out
    QCOMPARE(keys.spread->median, 7.0);
    QCOMPARE(keys.spread->max, 10.0);
    QCOMPARE(keys.robustSpread->max, 5.0);
    QCOMPARE(keys.meanSigma->mean, 2.0);
    QCOMPARE(analysis.summaries[1].spread->median, 9.0);
  }

  void ratiosOfEveryKeyTap() {
    Analysis analysis = sample();
    summariseLayers(analysis, false);
    QCOMPARE(analysis.kvRatios.size(), std::size_t(5));
    QCOMPARE(analysis.kvRatios[0].ratio, 5.0);
    QCOMPARE(analysis.kvRatios[1].ratio, 10.0);
    QCOMPARE(analysis.kvRatios[4].layer, 2);
    QCOMPARE(int(analysis.kvRatios[4].keyTap), int(Tap::KRope));
    summariseLayers(analysis, true);  // MLA: the rotary key is no head's key
    QCOMPARE(analysis.kvRatios.size(), std::size_t(2));
  }

  void whatIsNotFiniteIsLeftOut() {
    Analysis analysis;
    analysis.taps = {entry(0, Tap::K, std::numeric_limits<double>::infinity(), 1),
                     entry(0, Tap::V, 2, 1)};
    summariseLayers(analysis, false);
    QVERIFY(!analysis.summaries[0].spread);
    QVERIFY(analysis.kvRatios.empty());
  }
};

QTEST_GUILESS_MAIN(LayerSummaryTest)
#include "layer_summary_test.moc"
