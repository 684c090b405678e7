// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>
#include <latch>
#include <thread>
#include <utility>

#include "common/error.hpp"
#include "compression/plan/spec.hpp"
#include "engine/engine.hpp"

using namespace kvloupe;

namespace {

EvaluationRequest shortEvaluation(const std::string& text, std::vector<std::string> specs = {}) {
  EvaluationRequest request;
  request.textPath = text;
  request.context = 64;
  request.calibrationTokens = 2048;
  for (const std::string& spec : specs) request.specs.push_back(parseSpec(spec));
  return request;
}

void refused(const std::function<void()>& act, ErrorCode code, const char* mentions) {
  try {
    act();
    QFAIL("was accepted");
  } catch (const Error& error) {
    QCOMPARE(error.code(), code);
    QVERIFY2(QString::fromUtf8(error.what()).contains(QString::fromUtf8(mentions)), error.what());
  }
}

}  // namespace

/// The façade on the bundled models, real from end to end.
class SessionTest : public QObject {
  Q_OBJECT

  std::unique_ptr<Engine> engine_ = createEngine();
  std::unique_ptr<Session> gqa_, mla_;
  QTemporaryDir folder_;
  std::string text_;  // 24 windows of 64 and a tail

  std::string write(const char* name, const std::string& content) {
    const std::string path = folder_.filePath(QString::fromUtf8(name)).toStdString();
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

 private slots:
  void initTestCase() {
    gqa_ = engine_->open({.model = "demo:gqa"}, {}, nullptr);
    mla_ = engine_->open({.model = "demo:mla"}, {}, nullptr);
    std::ifstream whole(KVLOUPE_DEMO "/evaluation.txt");
    const std::string content(std::istreambuf_iterator<char>(whole), {});
    text_ = write("evaluation.txt", content.substr(0, 6000));
  }

  void fullRankReproducesTheBaselineBitForBit_data() {
    QTest::addColumn<bool>("latent");
    QTest::addColumn<QString>("spec");
    QTest::newRow("gqa") << false << "kv:rank=64";
    QTest::newRow("gqa, joined") << false << "kv:keep=100,scope=layer";
    QTest::newRow("mla") << true << "latent:keep=100";
  }
  void fullRankReproducesTheBaselineBitForBit() {
    QFETCH(bool, latent);
    QFETCH(QString, spec);
    Session& session = latent ? *mla_ : *gqa_;
    const Evaluation e =
        session.evaluate(shortEvaluation(text_, {spec.toStdString()}), {}, nullptr, nullptr);
    QVERIFY(e.nll.size() > 1000);
    QVERIFY(e.nll == e.baselineNll);
    QCOMPARE(e.figures.deltaPplPercent, 0.0);
    QCOMPARE(e.figures.deltaInterval->high, 0.0);
    QCOMPARE(e.figures.divergence.klMax, 0.0);
    QCOMPARE(e.figures.divergence.top1Agreement, 1.0);
    QCOMPARE(e.accounting.cacheRatio, 1.0);
    const Evaluation baseline = session.evaluate(shortEvaluation(text_), {}, nullptr, nullptr);
    QVERIFY(baseline.baselineNll == e.baselineNll);
    QVERIFY(baseline.nll.empty());
  }

  void everyTargetChangesTheFigure_data() {
    QTest::addColumn<bool>("latent");
    QTest::addColumn<QString>("spec");
    for (const char* spec : {"k:rank=8", "k:rank=8,tap=k", "v:rank=8", "v:rank=8,scope=layer"})
      QTest::newRow(spec) << false << spec;
    for (const char* spec : {"latent:rank=8", "rope_key:rank=2", "k:rank=4", "v:rank=4"})
      QTest::addRow("mla %s", spec) << true << spec;
  }
  void everyTargetChangesTheFigure() {
    QFETCH(bool, latent);
    QFETCH(QString, spec);
    Session& session = latent ? *mla_ : *gqa_;
    const Evaluation e =
        session.evaluate(shortEvaluation(text_, {spec.toStdString()}), {}, nullptr, nullptr);
    QVERIFY(e.nll != e.baselineNll);
    QVERIFY(e.figures.divergence.klMean > 0);
    QVERIFY(e.calibrationTokens > 0);
  }

  void figuresConvergeWindowByWindow() {
    EvaluationRequest request = shortEvaluation(text_, {"v:rank=16"});
    int calls = 0;
    const Evaluation e = gqa_->evaluate(
        request, {},
        [&](const Evaluation& partial) {
          ++calls;
          QVERIFY(!partial.figures.complete());
          QCOMPARE(partial.convergence.size(), std::size_t(partial.figures.windows));
        },
        nullptr);
    QVERIFY(calls >= 1);
    QVERIFY(e.figures.complete());
    QCOMPARE(e.convergence.size(), std::size_t(e.figures.windowsPlanned));
    QCOMPARE(e.convergence.back().deltaPplPercent, e.figures.deltaPplPercent);
    QVERIFY(!e.convergence[1].interval && e.convergence[2].interval);
    // Per-token figures stand in the order of the text and add up to the sums.
    double sum = 0;
    for (const float nll : e.nll) sum += nll;
    QVERIFY(std::abs(sum - e.figures.compressed.nllSum) < 1e-6 * sum);
    request.seed = 99;
    const Evaluation other = gqa_->evaluate(request, {}, nullptr, nullptr);
    QVERIFY(other.nll == e.nll);
    QVERIFY(other.convergence[0].deltaPplPercent != e.convergence[0].deltaPplPercent);
  }

  void aCancelledAnalysisGoesOnWhereItWas() {
    AnalysisRequest request;
    request.textPath = text_;
    request.context = 128;
    std::stop_source stop;
    int windows = 0;
    QVERIFY_EXCEPTION_THROWN((void)gqa_->analyse(request, stop.get_token(), nullptr,
                                                 [&](const Progress& progress) {
                                                   if (progress.done > 0 && ++windows == 3)
                                                     stop.request_stop();
                                                 }),
                             Cancelled);
    std::int64_t first = -1;
    const Analysis resumed = gqa_->analyse(request, {}, nullptr, [&](const Progress& progress) {
      if (first < 0) first = progress.done;
    });
    QVERIFY(first >= 3 * 128);
    const auto fresh = engine_->open({.model = "demo:gqa"}, {}, nullptr);
    const Analysis whole = fresh->analyse(request, {}, nullptr, nullptr);
    QCOMPARE(resumed.tokens, whole.tokens);
    QVERIFY(!whole.taps.empty());
    for (std::size_t i = 0; i < whole.taps.size(); ++i)
      QVERIFY(resumed.taps[i].joined.sigma == whole.taps[i].joined.sigma);
  }

  /// Windows of a plan that was stopped are not run again, whatever was measured in between.
  void aCancelledEvaluationGoesOnWhereItWas() {
    EvaluationRequest request;
    request.textPath = text_;
    request.context = 64;
    request.specs = {parseSpec("v:bits=4")};  // nothing is fitted
    const auto fresh = engine_->open({.model = "demo:gqa"}, {}, nullptr);
    const auto stopAfter = [&](std::int64_t tokens, const EvaluationRequest& asked) {
      std::stop_source stop;
      return fresh->evaluate(asked, stop.get_token(), nullptr, [&](const Progress& progress) {
        if (progress.done >= tokens) stop.request_stop();
      });
    };
    QVERIFY_EXCEPTION_THROWN((void)stopAfter(3 * 63, request), Cancelled);
    EvaluationRequest other = request;
    other.specs = {parseSpec("v:bits=3")};
    (void)fresh->evaluate(other, {}, nullptr, nullptr);
    EvaluationRequest known = request;
    known.keepPartial = true;
    QCOMPARE(stopAfter(0, known).figures.windows, 3);  // without a pass
    const Evaluation whole = fresh->evaluate(request, {}, nullptr, nullptr);
    const Evaluation atOnce = gqa_->evaluate(request, {}, nullptr, nullptr);
    QVERIFY(whole.figures.complete());
    QCOMPARE(whole.nll, atOnce.nll);
    QCOMPARE(whole.figures.deltaPplPercent, atOnce.figures.deltaPplPercent);
  }

  void cancelIsHeard() {
    const auto fresh = engine_->open({.model = "demo:gqa"}, {}, nullptr);
    EvaluationRequest request;  // the whole demo text
    std::stop_source stop;
    std::latch begun(1);
    bool told = false;
    std::jthread other([&] {
      begun.wait();
      stop.request_stop();
    });
    const auto progress = [&](const Progress&) {
      if (!std::exchange(told, true)) begun.count_down();
    };
    QVERIFY_EXCEPTION_THROWN((void)fresh->evaluate(request, stop.get_token(), nullptr, progress),
                             Cancelled);
  }

  void analysisHasEveryTapAndLayer() {
    AnalysisRequest request;
    request.textPath = text_;
    request.context = 64;
    const Analysis gqa = gqa_->analyse(request, {}, nullptr, nullptr);
    const ModelInfo& info = gqa_->info();
    for (int layer = 0; layer < info.numLayers; ++layer)
      for (const Tap tap : {Tap::KPrebias, Tap::K, Tap::KRope, Tap::V}) {
        const TapStatistics* found = gqa.find(layer, tap);
        QVERIFY(found);
        QCOMPARE(int(found->heads.size()), info.numKvHeads);
        QVERIFY(*found->joined.spread >= 1);
        QCOMPARE(found->tokens, gqa.tokens);
      }
    const Analysis mla = mla_->analyse(request, {}, nullptr, nullptr);
    for (const Tap tap : {Tap::K, Tap::KRope, Tap::V, Tap::LatentRaw, Tap::Latent})
      QVERIFY(mla.find(0, tap));
    QCOMPARE(int(mla.find(0, Tap::Latent)->heads[0].sigma.size()), mla_->info().kvLoraRank);
  }

  void skipLeavesTheFirstTokensOut() {
    AnalysisRequest request;
    request.textPath = text_;
    request.context = 64;
    request.skip = 4;
    const Analysis analysis = gqa_->analyse(request, {}, nullptr, nullptr);
    QCOMPARE(analysis.find(0, Tap::V)->tokens, analysis.tokens - 4 * analysis.windows);
  }

  void badInputIsRefusedInWords() {
    Session& session = *gqa_;
    const auto measure = [&](const std::string& path) {
      return
          [&session, path] { (void)session.evaluate(shortEvaluation(path), {}, nullptr, nullptr); };
    };
    refused(measure(folder_.filePath("absent.txt").toStdString()), ErrorCode::NotFound,
            "absent.txt");
    refused(measure(write("empty.txt", "")), ErrorCode::Malformed, "empty.txt");
    refused(measure(write("binary.txt", std::string("a\0b", 3))), ErrorCode::Malformed,
            "binary.txt");
    refused(measure(write("one.txt", "a")), ErrorCode::Unsupported, "at least 2 tokens");
    refused(
        [&] {
          EvaluationRequest request = shortEvaluation(text_);
          request.context = 100000;
          (void)session.evaluate(request, {}, nullptr, nullptr);
        },
        ErrorCode::InvalidArgument, "--context");
    refused(
        [&] {
          (void)session.evaluate(shortEvaluation(text_, {"latent:rank=3"}), {}, nullptr, nullptr);
        },
        ErrorCode::InvalidArgument, "latent");
  }

  void overlappingTextsAreRefusedOrMarked() {
    EvaluationRequest request = shortEvaluation(text_, {"v:rank=32"});
    request.calibrationPath = text_;
    refused([&] { (void)gqa_->evaluate(request, {}, nullptr, nullptr); }, ErrorCode::Mismatch,
            "overlap");
    std::ifstream file(text_);
    const std::string content(std::istreambuf_iterator<char>(file), {});
    request.calibrationPath = write("shares.txt", "Something else. " + content.substr(500, 3000));
    refused([&] { (void)gqa_->evaluate(request, {}, nullptr, nullptr); }, ErrorCode::Mismatch,
            "overlap");
    request.force = true;
    QVERIFY(gqa_->evaluate(request, {}, nullptr, nullptr).forced);
    QVERIFY(!gqa_->evaluate(shortEvaluation(text_, {"v:rank=32"}), {}, nullptr, nullptr).forced);
  }

  void whatCannotBeOpened() {
    const auto open = [&](OpenRequest request) {
      return [this, request] { (void)engine_->open(request, {}, nullptr); };
    };
    refused(open({.model = folder_.filePath("nowhere").toStdString()}), ErrorCode::NotFound,
            "nowhere");
    refused(open({.model = folder_.path().toStdString()}), ErrorCode::NotFound, "config.json");
    refused(open({.model = "demo:rnn"}), ErrorCode::NotFound, "demo:rnn");
    refused(open({.model = "demo:gqa", .device = "cuda:0"}), ErrorCode::Device, "cuda:0");
    refused(open({.model = "demo:gqa", .device = "auto", .dtype = "float8"}),
            ErrorCode::InvalidArgument, "float8");
    refused(open({.model = "demo:gqa", .memory = "swap"}), ErrorCode::InvalidArgument,
            "auto, resident or stream");
  }

  void aStreamedModelGivesTheSameFigures_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("spec");
    for (const char* spec : {"kv:rank=8", "v:rank=8,basis=output", "kv:format=int4,scale=tensor"})
      QTest::addRow("gqa %s", spec) << "demo:gqa" << spec;
    for (const char* spec : {"latent:rank=8,basis=query", "latent:bits=4,scale=tensor"})
      QTest::addRow("mla %s", spec) << "demo:mla" << spec;
  }
  void aStreamedModelGivesTheSameFigures() {
    QFETCH(QString, model);
    QFETCH(QString, spec);
    Session& resident = model == "demo:gqa" ? *gqa_ : *mla_;
    const auto streamed =
        engine_->open({.model = model.toStdString(), .memory = "stream"}, {}, nullptr);
    QVERIFY(QString::fromStdString(streamed->info().device).contains("streamed"));
    QVERIFY(!QString::fromStdString(resident.info().device).contains("streamed"));

    AnalysisRequest analyse;
    analyse.textPath = text_;
    analyse.context = 64;
    const auto sigmas = [&](Session& session) {
      std::vector<double> all;
      for (const TapStatistics& tap : session.analyse(analyse, {}, nullptr, nullptr).taps)
        all.insert(all.end(), tap.joined.sigma.begin(), tap.joined.sigma.end());
      return all;
    };
    const std::vector<double> wanted = sigmas(resident);
    QVERIFY(!wanted.empty() && wanted == sigmas(*streamed));

    EvaluationRequest request = shortEvaluation(text_, {spec.toStdString()});
    const Evaluation a = resident.evaluate(request, {}, nullptr, nullptr);
    std::int64_t last = 0;
    const Evaluation b = streamed->evaluate(request, {}, nullptr, [&](const Progress& progress) {
      if (!QString::fromStdString(progress.stage).startsWith("Measuring")) return;
      QVERIFY(progress.done >= last && progress.done <= progress.total);
      last = progress.done;
    });
    QVERIFY(a.nll == b.nll && a.baselineNll == b.baselineNll);
    QCOMPARE(b.figures.deltaPplPercent, a.figures.deltaPplPercent);
    QCOMPARE(b.convergence.size(), a.convergence.size());
    request.specs.clear();
    QVERIFY(streamed->evaluate(request, {}, nullptr, nullptr).baselineNll == a.baselineNll);
  }

  void bfloat16IsComputedInAndSaid() {
    const auto session =
        engine_->open({.model = "demo:gqa", .device = "auto", .dtype = "bfloat16"}, {}, nullptr);
    QCOMPARE(QString::fromStdString(session->info().computeDtype), "bfloat16");
    QVERIFY2(QString::fromStdString(session->info().computeNote).contains("bfloat16"),
             session->info().computeNote.c_str());
    QVERIFY(gqa_->info().computeNote.empty());  // a small model is fast enough as it is
    QCOMPARE(QString::fromStdString(gqa_->info().computeDtype), "float32");
    const Evaluation narrow =
        session->evaluate(shortEvaluation(text_, {"kv:rank=64"}), {}, nullptr, nullptr);
    QVERIFY(narrow.nll == narrow.baselineNll);
    const Evaluation wide = gqa_->evaluate(shortEvaluation(text_), {}, nullptr, nullptr);
    QVERIFY(narrow.baselineNll != wide.baselineNll);
    QVERIFY(std::abs(narrow.figures.baseline.ppl / wide.figures.baseline.ppl - 1) < 0.01);
  }

  void aStreamedModelStopsAndGoesOn() {
    const auto streamed = engine_->open({.model = "demo:gqa", .memory = "stream"}, {}, nullptr);
    AnalysisRequest request;
    request.textPath = text_;
    request.context = 64;
    std::stop_source stop;
    QVERIFY_EXCEPTION_THROWN((void)streamed->analyse(request, stop.get_token(), nullptr,
                                                     [&](const Progress& progress) {
                                                       if (progress.done > 0) stop.request_stop();
                                                     }),
                             Cancelled);
    int partials = 0;
    const Analysis resumed = streamed->analyse(
        request, {}, [&](const Analysis&) { ++partials; }, nullptr);
    const Analysis whole = gqa_->analyse(request, {}, nullptr, nullptr);
    QVERIFY(!whole.taps.empty());
    QCOMPARE(resumed.taps.size(), whole.taps.size());
    for (std::size_t i = 0; i < whole.taps.size(); ++i)
      QVERIFY(resumed.taps[i].joined.sigma == whole.taps[i].joined.sigma);
    QVERIFY(partials > 0);  // first layers are shown while later ones wait
  }

  void weightsAreHashed() {
    gqa_->hashWeights({}, nullptr);
    const auto& files = gqa_->info().weightFiles;
    QCOMPARE(files.size(), std::size_t(1));
    QFile file(QStringLiteral(KVLOUPE_DEMO "/gqa/model.safetensors"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCryptographicHash hash(QCryptographicHash::Sha256);
    QVERIFY(hash.addData(&file));
    QCOMPARE(QByteArray::fromStdString(files[0].sha256), hash.result().toHex());
  }
};

QTEST_GUILESS_MAIN(SessionTest)
#include "session_test.moc"
