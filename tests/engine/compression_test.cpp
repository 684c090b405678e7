// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>

#include "compression/plan/spec.hpp"
#include "engine/engine.hpp"

using namespace kvloupe;

/// Chains on the bundled models, real from end to end.
class CompressionTest : public QObject {
  Q_OBJECT

  std::unique_ptr<Engine> engine_ = createEngine();
  std::unique_ptr<Session> gqa_, mla_;
  QTemporaryDir folder_;
  std::string text_;

  Evaluation evaluate(bool mla, const QString& specs) {
    EvaluationRequest request;
    request.textPath = text_;
    request.context = 64;
    request.calibrationTokens = 1024;
    for (const QString& spec : specs.split(' '))
      request.specs.push_back(parseSpec(spec.toStdString()));
    return (mla ? mla_ : gqa_)->evaluate(request, {}, nullptr, nullptr);
  }

 private slots:
  void initTestCase() {
    gqa_ = engine_->open({.model = "demo:gqa"}, {}, nullptr);
    mla_ = engine_->open({.model = "demo:mla"}, {}, nullptr);
    std::ifstream whole(KVLOUPE_DEMO "/evaluation.txt");
    const std::string content(std::istreambuf_iterator<char>(whole), {});
    text_ = folder_.filePath("evaluation.txt").toStdString();
    std::ofstream(text_, std::ios::binary) << content.substr(0, 1500);
  }

  void identityIsTheBaseline_data() {
    QTest::addColumn<bool>("mla");
    QTest::addColumn<QString>("specs");
    QTest::newRow("plain") << false << "kv:rank=64";
    QTest::newRow("bases") << false
                           << "k:keep=100,basis=query,tap=k v:rank=128,scope=layer,basis=output";
    QTest::newRow("all else") << false
                              << "kv:rank=64,basis=random,rotate=random,residual=8,sink=2,seed=3";
    QTest::newRow("16 bits") << false << "kv:bits=16,centre=1,residual=4";
    QTest::newRow("taken back") << false << "kv:bits=2,residual=5 kv:bits=16";
    QTest::newRow("MLA") << true << "latent:rank=128,basis=query,sink=1 rope_key:keep=100";
  }
  void identityIsTheBaseline() {
    QFETCH(bool, mla);
    QFETCH(QString, specs);
    const Evaluation evaluation = evaluate(mla, specs);
    QVERIFY(!evaluation.nll.empty());
    QVERIFY(evaluation.nll == evaluation.baselineNll);
    QCOMPARE(evaluation.figures.deltaPplPercent, 0.0);
    QCOMPARE(evaluation.accounting.cacheRatio, 1.0);
    QVERIFY(!evaluation.calibration);
  }

  void everyChainRuns_data() {
    QTest::addColumn<bool>("mla");
    QTest::addColumn<QString>("specs");
    QTest::addColumn<bool>("fitted");
    QTest::newRow("llama.cpp") << false << "k:format=q8_0 v:format=q4_0" << false;
    QTest::newRow("KIVI") << false
                          << "k:bits=2,scale=channel,residual=32 v:format=uint2,residual=32"
                          << false;
    QTest::newRow("QuaRot") << false << "kv:bits=4,rotate=hadamard,sink=1" << false;
    QTest::newRow("tensor") << false << "kv:format=fp8,scale=tensor,rotate=random" << true;
    QTest::newRow("nvfp4") << false << "kv:format=nvfp4" << true;
    QTest::newRow("query") << false << "k:rank=40,basis=query v:rank=40,basis=output" << true;
    QTest::newRow("before RoPE") << false << "k:rank=40,basis=query,tap=k,residual=3" << true;
    QTest::newRow("before the bias") << false << "k:bits=3,tap=k_prebias" << false;
    QTest::newRow("coefficients") << false << "kv:rank=32,bits=4,rotate=hadamard,scope=layer@1-3,5"
                                  << true;
    QTest::newRow("MLA latent") << true << "latent:rank=96,basis=query,bits=8,residual=4" << true;
    QTest::newRow("MLA output") << true << "latent:rank=96,basis=output rope_key:bits=6,residual=2"
                                << true;
    QTest::newRow("MLA expanded") << true << "k:rank=40,basis=query v:rank=40,basis=output" << true;
  }
  void everyChainRuns() {
    QFETCH(bool, mla);
    QFETCH(QString, specs);
    QFETCH(bool, fitted);
    const Evaluation evaluation = evaluate(mla, specs);
    QVERIFY(evaluation.nll != evaluation.baselineNll);
    QVERIFY(std::isfinite(evaluation.figures.compressed.ppl));
    QVERIFY(evaluation.figures.compressed.ppl < 20 * evaluation.figures.baseline.ppl);
    QCOMPARE(evaluation.calibration.has_value(), fitted);
    QCOMPARE(evaluation.accounting.cacheRatio > 1,
             specs != "k:rank=40,basis=query v:rank=40,basis=output" || !mla);
  }

  // A query that sees a whole window uncompressed sees the baseline.
  void aResidualOfTheWholeWindowIsTheBaseline() {
    for (const bool mla : {false, true}) {
      const Evaluation evaluation =
          evaluate(mla, mla ? "latent:bits=2,residual=64 rope_key:bits=2,residual=100"
                            : "kv:bits=2,residual=64");
      QVERIFY(std::abs(evaluation.figures.deltaPplPercent) < 1e-3);
      QCOMPARE(evaluation.accounting.cacheRatio, 1.0);
    }
  }

  void aBasisThatWasFittedBeatsOneThatWasNot() {
    QVERIFY(evaluate(false, "v:rank=32").figures.compressed.ppl <
            evaluate(false, "v:rank=32,basis=random").figures.compressed.ppl);
    QVERIFY(evaluate(false, "v:bits=8").figures.divergence.klMean <
            evaluate(false, "v:bits=3").figures.divergence.klMean);
  }

  // Both texts are one window, shorter than either context: only the distances differ.
  void distancesAreThoseOfTheContext() {
    const std::string text = folder_.filePath("short.txt").toStdString();
    std::ofstream(text, std::ios::binary)
        << "The weather was fine and the dog slept all afternoon.";
    const auto at = [&](int context, const char* spec) {
      EvaluationRequest request;
      request.textPath = text;
      request.context = context;
      request.calibrationTokens = 40;
      request.specs.push_back(parseSpec(spec));
      return gqa_->evaluate(request, {}, nullptr, nullptr);
    };
    const char* before = "k:rank=16,tap=k,basis=query";
    QVERIFY(at(64, before).baselineNll == at(256, before).baselineNll);
    QVERIFY(at(64, before).nll != at(256, before).nll);
    QVERIFY(at(64, "k:rank=16,tap=k").nll == at(256, "k:rank=16,tap=k").nll);
  }

  void plansAreReadBackFromTheRunFile() {
    Run run;
    run.a.model = gqa_->info();
    run.a.plans.push_back(
        evaluate(false,
                 "k:bits=4,scale=channel,group=16,residual=16,rotate=hadamard@0-2,4 "
                 "v:keep=50,basis=output,format=uint8,sink=3,seed=5,centre=1"));
    const std::string path = folder_.filePath("run.kvl.h5").toStdString();
    engine_->save(run, path);
    const Run loaded = engine_->load(path);
    QVERIFY(loaded.a.plans.front().specs == run.a.plans.front().specs);
    QCOMPARE(specText(loaded.a.plans.front().specs), run.a.plans.front().specText);
  }
};

QTEST_GUILESS_MAIN(CompressionTest)
#include "compression_test.moc"
