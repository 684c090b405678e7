// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>

#include "common/error.hpp"
#include "engine/engine.hpp"

using namespace kvloupe;

namespace {

/// Within 1e-12 of the larger one, or both not there.
bool close(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::abs(a - b) <= 1e-12 * std::max({std::abs(a), std::abs(b), 1e-300});
}
bool close(const std::optional<double>& a, const std::optional<double>& b) {
  return a.has_value() == b.has_value() && (!a || close(*a, *b));
}
bool close(const std::optional<Interval>& a, const std::optional<Interval>& b) {
  return a.has_value() == b.has_value() &&
         (!a || (close(a->low, b->low) && close(a->high, b->high)));
}
bool close(const std::vector<double>& a, const std::vector<double>& b, double scale = 0) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!close(a[i], b[i]) && std::abs(a[i] - b[i]) > 1e-12 * scale) return false;
  return true;
}
bool close(const SpreadStatistics& a, const SpreadStatistics& b) {
  return close(a.sigma, b.sigma) && close(a.meanSigma, b.meanSigma) && close(a.spread, b.spread) &&
         close(a.robustSpread, b.robustSpread) && close(a.spreadInterval, b.spreadInterval) &&
         a.notToldFromNoise == b.notToldFromNoise;
}

}  // namespace

/// Shards of the bundled models' texts, merged, against one run.
class MergeTest : public QObject {
  Q_OBJECT

  std::unique_ptr<Engine> engine_ = createEngine();
  std::unique_ptr<Session> session_;
  QTemporaryDir folder_;
  std::string text_, calibration_;

  std::string excerpt(const char* name, std::size_t bytes) {
    std::ifstream whole(std::string(KVLOUPE_DEMO "/") + name);
    const std::string content(std::istreambuf_iterator<char>(whole), {});
    const std::string path = folder_.filePath(QLatin1String(name)).toStdString();
    std::ofstream(path, std::ios::binary) << content.substr(0, bytes);
    return path;
  }

  std::string save(ModelRun results, const std::string& name) {
    Run run;
    run.a = std::move(results);
    run.a.model = session_->info();
    const std::string path = folder_.filePath(QString::fromStdString(name)).toStdString();
    engine_->save(run, path);
    return path;
  }

  Analysis analysed(Shard shard, int skip = 0) {
    AnalysisRequest request;
    request.textPath = text_;
    request.context = 64;
    request.skip = skip;
    request.taps = {Tap::K, Tap::KRope, Tap::V};
    request.shard = shard;
    return session_->analyse(request, {}, nullptr, nullptr);
  }
  std::string analysisPart(Shard shard, int skip = 0) {
    ModelRun results;
    results.analysis = analysed(shard, skip);
    return save(std::move(results), "analysis" + std::to_string(shard.index) + "of" +
                                        std::to_string(shard.count) + "skip" +
                                        std::to_string(skip) + ".kvl.h5");
  }

  Sweep swept(Shard shard) {
    SweepRequest request;
    request.measure.textPath = text_;
    request.measure.calibrationPath = calibration_;
    request.measure.context = 64;
    request.measure.shard = shard;
    request.curves = {"v", "kv"};
    request.ranks = {16, 48, 60};
    request.formats = {"int4"};
    return session_->sweep(request, {}, nullptr, nullptr);
  }
  std::string sweepPart(Shard shard) {
    ModelRun results;
    results.sweep = swept(shard);
    for (const auto& plan : results.sweep->plans) results.plans.push_back(*plan);
    return save(std::move(results), "sweep" + std::to_string(shard.index) + ".kvl.h5");
  }

  void refused(const std::vector<std::string>& parts, const char* mentions) {
    try {
      (void)engine_->merge(parts);
      QFAIL("was accepted");
    } catch (const Error& error) {
      QCOMPARE(error.code(), ErrorCode::Mismatch);
      QVERIFY2(QString::fromUtf8(error.what()).contains(QLatin1String(mentions)), error.what());
    }
  }

 private slots:
  void initTestCase() {
    session_ = engine_->open({.model = "demo:gqa"}, {}, nullptr);
    session_->hashWeights({}, nullptr);
    text_ = excerpt("evaluation.txt", 6000);
    calibration_ = excerpt("calibration.txt", 4000);
  }

  void partsOfAnAnalysisMergeToOneRun_data() {
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("skip");
    QTest::newRow("numbered from 0") << 0 << 0;
    QTest::newRow("numbered from 1, in any order") << 1 << 4;
  }
  void partsOfAnAnalysisMergeToOneRun() {
    QFETCH(int, first);
    QFETCH(int, skip);
    const Analysis whole = analysed({}, skip);
    QVERIFY(whole.windows > 20);
    QVERIFY(whole.moments.empty());
    std::vector<std::string> parts;
    for (int i = first; i < first + 3; ++i) parts.push_back(analysisPart({i, 3}, skip));
    std::reverse(parts.begin(), parts.end());
    const Analysis merged = *engine_->merge(parts).a.analysis;
    QCOMPARE(merged.windows, whole.windows);
    QCOMPARE(merged.tokens, whole.tokens);
    QVERIFY(merged.complete());
    QCOMPARE(whole.taps.size(), std::size_t(3 * 6));
    QCOMPARE(merged.taps.size(), whole.taps.size());
    for (std::size_t i = 0; i < whole.taps.size(); ++i) {
      const TapStatistics &a = whole.taps[i], &b = merged.taps[i];
      QCOMPARE(b.layer, a.layer);
      QCOMPARE(b.tap, a.tap);
      QCOMPARE(b.tokens, a.tokens);
      QVERIFY(close(a.joined, b.joined));
      QVERIFY(a.joined.spreadInterval || a.joined.notToldFromNoise);
      for (std::size_t h = 0; h < a.heads.size(); ++h) {
        const HeadStatistics &x = a.heads[h], &y = b.heads[h];
        QVERIFY(close(x, y));
        const double largest = *std::max_element(x.sigma.begin(), x.sigma.end());
        QVERIFY(close(x.mean, y.mean, largest));
        QVERIFY(close(x.eigenvalues, y.eigenvalues, x.eigenvalues.front()));
        QVERIFY(x.min == y.min && x.max == y.max && x.nonfinite == y.nonfinite);
        QCOMPARE(y.rank95, x.rank95);
      }
    }
    QCOMPARE(merged.summaries.size(), whole.summaries.size());
    QVERIFY(!whole.kvRatios.empty());
    QCOMPARE(merged.kvRatios.size(), whole.kvRatios.size());
    for (std::size_t i = 0; i < whole.kvRatios.size(); ++i)
      QVERIFY(close(whole.kvRatios[i].ratio, merged.kvRatios[i].ratio));
  }

  void aPartIsMarkedAndKeepsItsSums() {
    const Analysis part = analysed({1, 3});
    QVERIFY(!part.complete());
    QCOMPARE(part.moments.size(), part.taps.size());
    QCOMPARE(part.windowMeasured.size(), std::size_t(part.windowsPlanned));
    for (std::size_t w = 0; w < part.windowMeasured.size(); ++w)
      QCOMPARE(int(part.windowMeasured[w]), int(w % 3 == 1));
  }

  // Interrupted anywhere, resumed in another session: the same figures.
  void anInterruptedAnalysisGoesOn() {
    const Analysis whole = analysed({});
    AnalysisRequest request;
    request.textPath = text_;
    request.context = 64;
    request.taps = {Tap::K, Tap::KRope, Tap::V};
    request.keepPartial = true;
    std::stop_source stop;
    const auto other = engine_->open({.model = "demo:gqa"}, {}, nullptr);
    const Analysis partial =
        other->analyse(request, stop.get_token(), nullptr, [&](const Progress& progress) {
          if (progress.done >= 5 * 64) stop.request_stop();
        });
    QCOMPARE(partial.windows, 5);
    QVERIFY(!partial.moments.empty());
    ModelRun results;
    results.analysis = partial;
    const Run kept = engine_->load(save(std::move(results), "partial.kvl.h5"));
    request.known = std::make_shared<const Analysis>(*kept.a.analysis);
    std::int64_t first = -1;
    const Analysis resumed = engine_->open({.model = "demo:gqa"}, {}, nullptr)
                                 ->analyse(request, {}, nullptr, [&](const Progress& progress) {
                                   if (first < 0) first = progress.done;
                                 });
    QCOMPARE(first, std::int64_t(5 * 64));
    QVERIFY(resumed.complete());
    QCOMPARE(resumed.taps.size(), whole.taps.size());
    for (std::size_t i = 0; i < whole.taps.size(); ++i) {
      QVERIFY(close(whole.taps[i].joined, resumed.taps[i].joined));
      QCOMPARE(resumed.taps[i].tokens, whole.taps[i].tokens);
    }
  }

  void partsOfASweepMergeToTheSameBits() {
    const Sweep whole = swept({});
    std::vector<std::string> parts;
    for (const int i : {1, 0}) parts.push_back(sweepPart({i, 2}));
    const Run merged = engine_->merge(parts);
    QVERIFY(!whole.plans.empty() && !whole.curves.empty());
    QCOMPARE(merged.a.plans.size(), whole.plans.size());
    for (std::size_t i = 0; i < whole.plans.size(); ++i) {
      const Evaluation &a = *whole.plans[i], &b = merged.a.plans[i];
      QCOMPARE(b.specText, a.specText);
      QVERIFY(a.nll.size() > 1000);
      QVERIFY(b.nll == a.nll && b.baselineNll == a.baselineNll && b.kl == a.kl);
      QVERIFY(b.sameTop1 == a.sameTop1 && b.windowFirst == a.windowFirst);
      QVERIFY(b.figures.complete());
      QCOMPARE(b.figures.compressed.ppl, a.figures.compressed.ppl);
      QCOMPARE(b.figures.deltaInterval->low, a.figures.deltaInterval->low);
      QCOMPARE(b.figures.divergence.klP99, a.figures.divergence.klP99);
      QCOMPARE(b.figures.positions.size(), a.figures.positions.size());
      QCOMPARE(b.figures.positions.back().deltaNll, a.figures.positions.back().deltaNll);
      QCOMPARE(b.convergence.size(), a.convergence.size());
      QCOMPARE(b.convergence[5].deltaPplPercent, a.convergence[5].deltaPplPercent);
    }
    QCOMPARE(merged.a.sweep->curves.size(), whole.curves.size());
    for (std::size_t c = 0; c < whole.curves.size(); ++c) {
      const SweepCurve &a = whole.curves[c], &b = merged.a.sweep->curves[c];
      QCOMPARE(b.points.size(), a.points.size());
      for (std::size_t p = 0; p < a.points.size(); ++p) {
        QCOMPARE(b.points[p].deltaPplPercent, a.points[p].deltaPplPercent);
        QCOMPARE(b.points[p].interval->high, a.points[p].interval->high);
        QCOMPARE(b.points[p].onFront, a.points[p].onFront);
      }
      QCOMPARE(b.safe.size(), a.safe.size());
      for (std::size_t s = 0; s < a.safe.size(); ++s) QCOMPARE(b.safe[s].ratio, a.safe[s].ratio);
    }
  }

  void whatDoesNotBelongTogetherIsRefused() {
    const std::string a = analysisPart({0, 3}), b = analysisPart({1, 3}), c = analysisPart({2, 3});
    refused({a, b}, "without 2, 5, 8");
    refused({a, b, c, b}, "window 1");
    refused({a, b, analysisPart({2, 3}, 4)}, "another question");
    refused({a, b, sweepPart({0, 2})}, "another question");
    ModelRun plain;
    plain.analysis = analysed({});
    refused({a, save(std::move(plain), "plain.kvl.h5")}, "does not merge");
    refused({}, "nothing to merge");
  }

  void questionsThatAPartCannotAnswerAreRefused() {
    SweepRequest search;
    search.measure.textPath = text_;
    search.measure.calibrationPath = calibration_;
    search.measure.context = 64;
    search.measure.shard = {0, 2};
    QVERIFY_THROWS_EXCEPTION(Error, (void)session_->sweep(search, {}, nullptr, nullptr));
    search.ranks = {16};
    search.measure.until = 1;
    QVERIFY_THROWS_EXCEPTION(Error, (void)session_->sweep(search, {}, nullptr, nullptr));
    QVERIFY_THROWS_EXCEPTION(Error, (void)analysed({60, 900}));
  }
};

QTEST_GUILESS_MAIN(MergeTest)
#include "merge_test.moc"
