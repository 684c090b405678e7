// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "charts/layers_data.hpp"

using namespace kvloupe;

namespace {

ModelInfo gqa() {
  ModelInfo model;
  model.name = "demo:gqa";
  model.numLayers = 2;
  model.numKvHeads = 2;
  model.headDim = 64;
  model.vHeadDim = 64;
  return model;
}

TapStatistics statistics(int layer, Tap tap, double spread) {
  TapStatistics result;
  result.layer = layer;
  result.tap = tap;
  result.tokens = 2048;
  result.heads.resize(2);
  for (std::size_t h = 0; h < 2; ++h) {
    result.heads[h].sigma.assign(64, 2.0 + static_cast<double>(h));
    result.heads[h].spread = spread * (1.0 + static_cast<double>(h));
    result.heads[h].rank95 = 20 + 10 * static_cast<int>(h);
    result.heads[h].participation = 3.5;
    result.heads[h].noiseFloor = {2048, 1.06, 1.08};
  }
  result.joined.sigma.assign(128, 2.0);
  result.joined.spread = spread;
  result.joined.spreadInterval = Interval{0.9 * spread, 1.1 * spread};
  result.joined.noiseFloor = {2048, 1.08, 1.10};
  if (tap == Tap::V) result.joined.effectiveNoiseFloor = NoiseFloor{500, 1.17, 1.21};
  return result;
}

Analysis analysis() {
  Analysis result;
  result.tokens = 2048;
  result.tokensPlanned = 2048;
  result.windows = result.windowsPlanned = 4;
  for (int layer = 0; layer < 2; ++layer) {
    result.taps.push_back(statistics(layer, Tap::KRope, 40 + layer));
    result.taps.push_back(statistics(layer, Tap::V, 4 + layer));
  }
  return result;
}

}  // namespace

class ChartsDataTest : public QObject {
  Q_OBJECT

 private slots:
  void cacheIsTheDefault() {
    const LayersChartData data = layersChartData(gqa(), analysis(), {});
    QCOMPARE(data.series.size(), std::size_t(2));
    QCOMPARE(data.series[0].target, Target::K);
    QCOMPARE(data.series[0].tapLabel, QStringLiteral("k_rope"));
    QCOMPARE(*data.series[0].value[1], 41.0);
    QCOMPARE(*data.series[1].value[0], 4.0);
    QCOMPARE(data.series[1].dimensions, 128);
    QCOMPARE(data.series[0].whisker[0]->high, 1.1 * 40);
    QCOMPARE(data.subtitle,
             QStringLiteral("demo:gqa · taps k_rope and v · heads joined (128 dimensions) · 2,048 "
                            "calibration tokens"));
    QVERIFY(data.ratio);
    ModelInfo mla = gqa();
    mla.attention = AttentionKind::Mla;
    QCOMPARE(defaultTaps(mla)[0].first, Target::Latent);
    QCOMPARE(defaultTaps(mla)[1].second, Tap::KRope);
  }

  void bandIsTheWiderOfEffectiveFloors() {
    const LayersChartData data = layersChartData(gqa(), analysis(), {});
    QCOMPARE(data.noise.size(), std::size_t(2));
    QCOMPARE(data.noise[0]->p97_5, 1.21);
    LayersSelection without;
    without.noiseFloor = false;
    QVERIFY(!layersChartData(gqa(), analysis(), without).noise[0]);
  }

  void oneHead() {
    LayersSelection selection;
    selection.head = 1;
    const LayersChartData data = layersChartData(gqa(), analysis(), selection);
    QCOMPARE(*data.series[0].value[0], 80.0);
    QCOMPARE(data.series[0].dimensions, 64);
    QVERIFY(data.subtitle.contains(QStringLiteral("KV head 1 (64 dimensions)")));
  }

  void otherMetrics() {
    LayersSelection selection;
    selection.metric = LayersMetric::Rank95;
    LayersChartData data = layersChartData(gqa(), analysis(), selection);
    QCOMPARE(*data.series[0].value[0], 25.0);  // mean over heads
    QVERIFY(!data.ratio);
    QVERIFY(!data.series[0].whisker[0]);
    selection.metric = LayersMetric::MeanSigma;
    QCOMPARE(*layersChartData(gqa(), analysis(), selection).series[0].value[0], 2.0);
    selection.metric = LayersMetric::KvRatio;
    data = layersChartData(gqa(), analysis(), selection);
    QCOMPARE(data.series.size(), std::size_t(1));
    QCOMPARE(*data.series[0].value[0], 10.0);
    QCOMPARE(data.series[0].dataRole(), DataRole::Neither);
  }

  void partialAnalysisHasGaps() {
    Analysis partial = analysis();
    partial.taps.resize(2);
    partial.tokens = 512;
    partial.windows = 1;
    partial.taps[0].joined.spread.reset();
    const LayersChartData data = layersChartData(gqa(), partial, {}, BarState::Measuring);
    QVERIFY(!data.series[0].value[0]);
    QVERIFY(data.series[1].value[0]);
    QVERIFY(!data.series[1].value[1]);
    QCOMPARE(data.series[1].state[0], BarState::Measuring);
    QVERIFY(data.subtitle.endsWith(QStringLiteral("512 of 2,048 calibration tokens")));
  }
};

QTEST_APPLESS_MAIN(ChartsDataTest)
#include "charts_data_test.moc"
