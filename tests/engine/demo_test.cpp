// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "compression/plan/spec.hpp"
#include "engine/engine.hpp"

using namespace kvloupe;

/// The bundled models against what transformers says of them (tests/data/demo/make_reference.py).
class DemoTest : public QObject {
  Q_OBJECT

  nlohmann::json reference_;
  std::unique_ptr<Engine> engine_ = createEngine();

  static void near(double found, double expected) {
    QVERIFY2(
        std::abs(found - expected) <= 1e-4 * std::abs(expected),
        qPrintable(QStringLiteral("%1 is not %2").arg(found, 0, 'g', 9).arg(expected, 0, 'g', 9)));
  }

 private slots:
  void initTestCase() {
    std::ifstream file(KVLOUPE_TEST_DATA "/demo/reference.json");
    reference_ = nlohmann::json::parse(file);
  }

  void figuresOfTransformers_data() {
    QTest::addColumn<QString>("demo");
    QTest::addColumn<QString>("spec");
    QTest::newRow("gqa") << "gqa"
                         << "k:rank=32";
    QTest::newRow("mla") << "mla"
                         << "latent:rank=64";
  }
  void figuresOfTransformers() {
    QFETCH(QString, demo);
    QFETCH(QString, spec);
    const auto& expected = reference_[demo.toStdString()];
    const auto session = engine_->open({.model = "demo:" + demo.toStdString()}, {}, nullptr);

    EvaluationRequest request;
    request.specs = {parseSpec(spec.toStdString())};
    const Evaluation evaluation = session->evaluate(request, {}, nullptr, nullptr);
    const EvaluationFigures& figures = evaluation.figures;
    QCOMPARE(evaluation.text.tokens, expected["eval_tokens"].get<std::int64_t>());
    QCOMPARE(evaluation.calibration->tokens, expected["calibration_tokens"].get<std::int64_t>());
    QCOMPARE(figures.tokensScored, expected["perplexity"]["tokens_scored"].get<std::int64_t>());
    near(figures.baseline.ppl, expected["perplexity"]["ppl"]);
    const auto& compressed = expected["compressed"][spec.toStdString()];
    near(figures.compressed.ppl, compressed["ppl"]);
    QVERIFY(std::abs(figures.deltaPplPercent - compressed["delta_ppl_percent"].get<double>()) <
            1e-3);

    AnalysisRequest whole;
    whole.textPath = KVLOUPE_DEMO "/evaluation.txt";
    const Analysis analysis = session->analyse(whole, {}, nullptr, nullptr);
    int compared = 0;
    for (const auto& [tap, layers] : expected["sigma"].items())
      for (const auto& [layer, heads] : layers.items()) {
        const TapStatistics* found = analysis.find(std::stoi(layer), *tapFromName(tap));
        QVERIFY(found);
        QCOMPARE(found->heads.size(), heads.size());
        for (std::size_t h = 0; h < heads.size(); ++h)
          for (std::size_t d = 0; d < heads[h].size(); ++d, ++compared)
            near(found->heads[h].sigma[d], heads[h][d]);
      }
    QVERIFY(compared > 500);
  }
};

QTEST_GUILESS_MAIN(DemoTest)
#include "demo_test.moc"
