// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "compression/plan/spec.hpp"
#include "engine/engine.hpp"

using namespace kvloupe;

/// A really trained Llama against what transformers says of it.
class StoriesTest : public QObject {
  Q_OBJECT

  std::string data_;
  nlohmann::json reference_;
  std::unique_ptr<Engine> engine_ = createEngine();
  std::unique_ptr<Session> session_;

  std::string text(const char* name) const { return data_ + "/text/tinystories/" + name; }

  static void near(double found, double expected) {
    QVERIFY2(
        std::abs(found - expected) <= 1e-4 * std::abs(expected),
        qPrintable(QStringLiteral("%1 is not %2").arg(found, 0, 'g', 9).arg(expected, 0, 'g', 9)));
  }

 private slots:
  void initTestCase() {
    data_ = qEnvironmentVariable("KVLOUPE_SHARED_DATA").toStdString();
    std::ifstream file(data_ + "/models/stories260k.reference.json");
    if (!file) QSKIP("stories260k is not here");
    reference_ = nlohmann::json::parse(file);
    session_ = engine_->open({.model = data_ + "/models/stories260k"}, {}, nullptr);
  }

  void perplexityOfEveryProtocol_data() {
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<int>("context");
    QTest::addColumn<QString>("key");
    QTest::newRow("papers") << "papers" << 512 << "papers";
    QTest::newRow("llama.cpp") << "llama.cpp" << 256 << "llama.cpp, window 256";
  }
  void perplexityOfEveryProtocol() {
    QFETCH(QString, protocol);
    QFETCH(int, context);
    QFETCH(QString, key);
    const auto& expected = reference_["perplexity"][key.toStdString()];
    EvaluationRequest request;
    request.textPath = text("eval.txt");
    request.protocol = protocol.toStdString();
    request.context = context;
    const Evaluation evaluation = session_->evaluate(request, {}, nullptr, nullptr);
    QCOMPARE(evaluation.text.tokens, reference_["eval_tokens"].get<std::int64_t>());
    QCOMPARE(evaluation.figures.tokensScored, expected["tokens_scored"].get<std::int64_t>());
    near(evaluation.figures.baseline.nllSum, expected["nll_sum"]);
    near(evaluation.figures.baseline.ppl, expected["ppl"]);
  }

  void compressedPerplexity_data() {
    QTest::addColumn<QString>("spec");
    QTest::addColumn<double>("ppl");
    QTest::addColumn<double>("delta");
    for (const auto& [key, section] : reference_.items()) {
      if (!key.starts_with("compressed")) continue;
      for (const auto& [spec, expected] : section.items())
        QTest::newRow(spec.c_str()) << QString::fromStdString(spec) << expected["ppl"].get<double>()
                                    << expected["delta_ppl_percent"].get<double>();
    }
  }
  void compressedPerplexity() {
    QFETCH(QString, spec);
    QFETCH(double, ppl);
    QFETCH(double, delta);
    EvaluationRequest request;
    request.textPath = text("eval.txt");
    request.calibrationPath = text("calibration.txt");
    request.specs = {parseSpec(spec.toStdString())};
    const Evaluation evaluation = session_->evaluate(request, {}, nullptr, nullptr);
    QCOMPARE(evaluation.calibration->tokens, reference_["calibration_tokens"].get<std::int64_t>());
    near(evaluation.figures.compressed.ppl, ppl);
    QVERIFY2(std::abs(evaluation.figures.deltaPplPercent - delta) < 0.01,
             qPrintable(QString::number(evaluation.figures.deltaPplPercent)));
    QVERIFY(evaluation.figures.deltaInterval->low < delta);
    QVERIFY(evaluation.figures.deltaInterval->high > delta);
  }

  void spreadsAndSigmas() {
    AnalysisRequest request;
    request.textPath = text("eval.txt");
    const Analysis analysis = session_->analyse(request, {}, nullptr, nullptr);
    int compared = 0;
    for (const auto& [tapText, layers] : reference_["statistics over the evaluation text"].items())
      for (const auto& layer : layers) {
        const TapStatistics* tap = analysis.find(layer["layer"], *tapFromName(tapText));
        QVERIFY(tap);
        for (std::size_t h = 0; h < layer["heads"].size(); ++h) {
          near(*tap->heads[h].spread, layer["heads"][h]["spread"]);
          for (std::size_t d = 0; d < tap->heads[h].sigma.size(); ++d, ++compared)
            near(tap->heads[h].sigma[d], layer["heads"][h]["sigma"][d]);
        }
      }
    QCOMPARE(compared, 3 * 5 * 4 * 8);
  }
};

QTEST_GUILESS_MAIN(StoriesTest)
#include "stories_test.moc"
