// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <numeric>

#include "common/error.hpp"
#include "compression/plan/spec.hpp"
#include "engine/engine.hpp"

using namespace kvloupe;

/// A passage looked at closely, on the bundled models.
class PassageTest : public QObject {
  Q_OBJECT

  std::unique_ptr<Engine> engine_ = createEngine();
  std::map<std::string, std::unique_ptr<Session>> sessions_;

  Session& session(const std::string& name) {
    auto& kept = sessions_[name];
    if (!kept) kept = engine_->open({.model = name}, {}, nullptr);
    return *kept;
  }

  static PassageRequest request(std::vector<std::string> specs) {
    PassageRequest request;
    request.measure.context = 128;
    request.measure.calibrationTokens = 4096;
    request.measure.maxTokens = 1024;
    for (const std::string& spec : specs) request.measure.specs.push_back(parseSpec(spec));
    return request;
  }

 private slots:
  // What an evaluation says of the same tokens, which transformers confirms (transformers_test).
  void tokensAreThoseOfTheEvaluation_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<QString>("spec");
    QTest::newRow("gqa") << "demo:gqa"
                         << "papers"
                         << "kv:rank=20";
    QTest::newRow("late compression") << "demo:gqa"
                                      << "papers"
                                      << "k:bits=2,residual=16";
    QTest::newRow("llama.cpp") << "demo:gqa"
                               << "llama.cpp"
                               << "v:rank=8";
    QTest::newRow("mla") << "demo:mla"
                         << "papers"
                         << "latent:rank=40";
  }
  void tokensAreThoseOfTheEvaluation() {
    QFETCH(QString, model);
    QFETCH(QString, protocol);
    QFETCH(QString, spec);
    PassageRequest asked = request({spec.toStdString()});
    asked.measure.protocol = protocol.toStdString();
    asked.window = 3;
    const Evaluation whole =
        session(model.toStdString()).evaluate(asked.measure, {}, nullptr, nullptr);
    const Passage passage = session(model.toStdString()).lookAt(asked, {}, nullptr);
    QCOMPARE(passage.windows, whole.figures.windowsPlanned);
    QCOMPARE(passage.tokens.size(), std::size_t(128));
    std::size_t at = 0;
    for (int w = 0; w < asked.window; ++w) at += std::size_t(whole.windowTokens[std::size_t(w)]);
    int scored = 0;
    for (const PassageToken& token : passage.tokens) {
      if (!token.scored) continue;
      QCOMPARE(token.baselineNll, whole.baselineNll[at]);
      QCOMPARE(token.nll, whole.nll[at]);
      QCOMPARE(token.kl, whole.kl[at]);
      QCOMPARE(token.sameTop1, whole.sameTop1[at] != 0);
      QCOMPARE(token.sameTop1, token.baselineLikeliest[0].id == token.likeliest[0].id);
      ++at;
      ++scored;
    }
    QCOMPARE(scored, whole.windowTokens[3]);
    QCOMPARE(passage.tokens.back().scored, true);
    QVERIFY(passage.layers.empty());
  }

  void theLikeliestTokensAreOrderedAndHoldTheRightOne() {
    const Passage passage = session("demo:gqa").lookAt(request({"k:rank=16"}), {}, nullptr);
    int found = 0;
    for (const PassageToken& token : passage.tokens) {
      if (!token.scored) continue;
      for (const bool compressed : {false, true}) {
        const auto& likeliest = compressed ? token.likeliest : token.baselineLikeliest;
        const float p = std::exp(-(compressed ? token.nll : token.baselineNll));
        QCOMPARE(likeliest.size(), std::size_t(5));
        float sum = 0;
        for (std::size_t i = 0; i < 5; ++i) {
          sum += likeliest[i].probability;
          if (i > 0) QVERIFY(likeliest[i].probability <= likeliest[i - 1].probability);
          QVERIFY(passage.texts.contains(likeliest[i].id));
        }
        QVERIFY(sum <= 1.0001f);
        const auto right = std::find_if(likeliest.begin(), likeliest.end(),
                                        [&](const auto& each) { return each.id == token.id; });
        if (right == likeliest.end()) {
          QVERIFY(p <= likeliest.back().probability + 1e-6f);
          continue;
        }
        ++found;
        QVERIFY(std::abs(right->probability - p) <= 1e-5f);
      }
    }
    QVERIFY(found > 100);
  }

  void theBaselineAgainstItselfIsNothing_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("spec");
    QTest::newRow("no plan") << "demo:gqa"
                             << "";
    QTest::newRow("full rank") << "demo:gqa"
                               << "kv:rank=64";
    QTest::newRow("mla, full rank") << "demo:mla"
                                    << "latent:keep=100";
  }
  void theBaselineAgainstItselfIsNothing() {
    QFETCH(QString, model);
    QFETCH(QString, spec);
    PassageRequest asked =
        request(spec.isEmpty() ? std::vector<std::string>{} : std::vector{spec.toStdString()});
    asked.attention = HeadChoice{.layer = 2, .head = 1};
    asked.sentence = "Anna gave the lantern to the old miller.";
    const Passage passage = session(model.toStdString()).lookAt(asked, {}, nullptr);
    QVERIFY(passage.tokens.size() > 8);
    QCOMPARE(passage.layers.size(), std::size_t(6));
    for (const PassageToken& token : passage.tokens) {
      QCOMPARE(token.nll, token.baselineNll);
      QCOMPARE(token.kl, 0.0f);
      QVERIFY(token.sameTop1);
    }
    QVERIFY(passage.attention->baseline == passage.attention->compressed);
    for (const LayerAttention& layer : passage.layers) {
      QCOMPARE(layer.mean, 0.0);
      for (const double kl : layer.heads) QCOMPARE(kl, 0.0);
    }
  }

  void attentionOfASentence() {
    PassageRequest asked = request({"k:rank=8"});
    asked.sentence = "Anna gave the lantern to the old miller.";
    asked.attention = HeadChoice{.layer = 3, .head = 2};
    const Passage passage = session("demo:gqa").lookAt(asked, {}, nullptr);
    const std::size_t tokens = passage.tokens.size();
    std::string read;
    for (const PassageToken& token : passage.tokens) read += passage.texts.at(token.id);
    QCOMPARE(QString::fromStdString(read).trimmed(), QString::fromStdString(asked.sentence));
    const HeadAttention& head = *passage.attention;
    QCOMPARE(head.kvHead, 1);
    QCOMPARE(head.baseline.size(), tokens * tokens);
    QCOMPARE(head.compressed.size(), tokens * tokens);
    double meanOfRows = 0;
    for (std::size_t row = 0; row < tokens; ++row) {
      double kl = 0, before = 0, after = 0;
      for (std::size_t key = 0; key < tokens; ++key) {
        const double p = head.baseline[row * tokens + key];
        const double q = head.compressed[row * tokens + key];
        before += p;
        after += q;
        if (key > row) QVERIFY(p == 0 && q == 0);
        if (p > 0) kl += p * std::log(p / q);
      }
      QVERIFY(std::abs(before - 1) < 1e-5 && std::abs(after - 1) < 1e-5);
      QVERIFY(std::abs(head.rowKl[row] - kl) < 1e-6);
      if (row > 0) meanOfRows += kl / double(tokens - 1);
    }
    QCOMPARE(passage.layers.size(), std::size_t(6));
    const LayerAttention& layer = passage.layers[3];
    QCOMPARE(layer.heads.size(), std::size_t(4));
    QVERIFY(std::abs(layer.heads[2] - meanOfRows) < 1e-6);
    QVERIFY(std::abs(layer.mean -
                     std::accumulate(layer.heads.begin(), layer.heads.end(), 0.0) / 4) < 1e-9);
    QVERIFY(layer.interval && layer.interval->low < layer.mean &&
            layer.mean < layer.interval->high);
    // Keys of layer 0 are compressed, its queries are those of the baseline; V leaves it alone.
    asked.measure.specs = {parseSpec("v:rank=8")};
    const Passage values = session("demo:gqa").lookAt(asked, {}, nullptr);
    QCOMPARE(values.layers[0].mean, 0.0);
    QVERIFY(values.layers[1].mean > 0);
    QVERIFY(passage.layers[0].mean > 0);
  }

  void withoutASentenceItIsTheTextsFirst() {
    PassageRequest asked = request({});
    asked.attention = HeadChoice{};
    const Passage passage = session("demo:gqa").lookAt(asked, {}, nullptr);
    QFile text(KVLOUPE_DEMO "/evaluation.txt");
    QVERIFY(text.open(QIODevice::ReadOnly));
    const QString sentence = QString::fromStdString(passage.sentence);
    QVERIFY(QString::fromUtf8(text.read(1000)).trimmed().startsWith(sentence));
    QVERIFY(QString(".!?").contains(sentence.back()));
    QVERIFY(sentence.size() > 10);
  }

  void recalledTokensStandApart() {
    PassageRequest asked = request({"k:rank=12"});
    const auto whole = std::make_shared<const Evaluation>(
        session("demo:gqa").evaluate(asked.measure, {}, nullptr, nullptr));
    QVERIFY(!session("demo:gqa").lookAt(asked, {}, nullptr).recall);
    asked.measure.known = {whole};
    double sums[2] = {0, 0};
    std::int64_t counts[2] = {0, 0};
    std::optional<RecallFigures> recall;
    for (asked.window = 0; asked.window < whole->figures.windowsPlanned; ++asked.window) {
      const Passage passage = session("demo:gqa").lookAt(asked, {}, nullptr);
      for (const PassageToken& token : passage.tokens) {
        if (!token.scored) continue;
        sums[token.recalled] += double(token.nll) - double(token.baselineNll);
        ++counts[token.recalled];
      }
      recall = passage.recall;
      QVERIFY(recall);
    }
    QVERIFY(counts[1] > 100);
    const TokenKindFigure* figures[] = {&recall->others, &recall->recalled};
    for (const int kind : {0, 1}) {
      QCOMPARE(figures[kind]->tokens, counts[kind]);
      QVERIFY(std::abs(figures[kind]->deltaNll - sums[kind] / double(counts[kind])) < 1e-6);
      QVERIFY(figures[kind]->interval->low < figures[kind]->deltaNll);
      QVERIFY(figures[kind]->interval->high > figures[kind]->deltaNll);
    }
    // Another plan's evaluation says nothing of this one.
    asked.window = 0;
    asked.measure.specs = {parseSpec("k:rank=13")};
    QVERIFY(!session("demo:gqa").lookAt(asked, {}, nullptr).recall);
  }

  // As many recalled tokens as the trainer counted (resources/demo/README.md).
  void theWholeTextsRecalledTokensAreAllFound() {
    PassageRequest asked = request({});
    asked.measure.maxTokens = 0;
    asked.measure.context = 512;
    asked.measure.specs = {parseSpec("v:rank=64@0")};
    asked.measure.known = {std::make_shared<const Evaluation>(
        session("demo:gqa").evaluate(asked.measure, {}, nullptr, nullptr))};
    const Passage passage = session("demo:gqa").lookAt(asked, {}, nullptr);
    QCOMPARE(passage.recall->recalled.tokens, std::int64_t(14484));
    QCOMPARE(passage.recall->recalled.deltaNll, 0.0);
  }

  void aListOfAnotherTextIsRefused() {
    QTemporaryDir folder;
    QFile whole(KVLOUPE_DEMO "/evaluation.txt");
    QVERIFY(whole.open(QIODevice::ReadOnly));
    QFile text(folder.filePath("text.txt")), list(folder.filePath("text.recall.json"));
    QVERIFY(text.open(QIODevice::WriteOnly) && list.open(QIODevice::WriteOnly));
    text.write(whole.read(3000));
    text.close();
    PassageRequest asked = request({});
    asked.measure.textPath = text.fileName().toStdString();
    const auto told = [&](const QByteArray& json) {
      list.resize(0);
      list.seek(0);
      list.write(json);
      list.flush();
      const auto opened = engine_->open({.model = "demo:gqa"}, {}, nullptr);
      try {
        (void)opened->lookAt(asked, {}, nullptr);
      } catch (const Error& error) {
        return QString(error.what());
      }
      return QString();
    };
    QVERIFY(told(R"({"bytes": 2999, "spans": []})").contains("3000"));
    QVERIFY(told(R"({"bytes": 3000, "spans": [[5, 4]]})").contains("spans[0]"));
    QVERIFY(told(R"({"bytes": 3000, "spans": [[5, 3001]]})").contains("spans[0]"));
    QVERIFY(told(R"({"bytes": 3000, "spans": [[5, 9], [7, 12]]})").contains("spans[1]"));
    QCOMPARE(told(R"({"bytes": 3000, "spans": [[5, 9]]})"), QString());
  }

  void whatDoesNotFitIsRefused() {
    const auto refused = [&](const PassageRequest& asked, const char* mentions) {
      try {
        (void)session("demo:gqa").lookAt(asked, {}, nullptr);
        QFAIL("was accepted");
      } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::InvalidArgument);
        QVERIFY2(QString(error.what()).contains(mentions), error.what());
      }
    };
    PassageRequest asked = request({});
    asked.window = 8;
    refused(asked, "0 to 7");
    asked = request({});
    asked.attention = HeadChoice{.layer = 6, .head = 0};
    refused(asked, "0 to 5");
    asked.attention = HeadChoice{.layer = 0, .head = 4};
    refused(asked, "0 to 3");
    asked.attention.reset();
    asked.sentence = std::string("a");
    refused(asked, "2 to 128");
    asked.sentence = std::string(4000, 'x');
    refused(asked, "2 to 128");
  }

  void itStopsWhereItIsTold() {
    std::stop_source source;
    int layers = 0;
    PassageRequest asked = request({"v:rank=16"});
    (void)session("demo:gqa").lookAt(asked, {}, nullptr);  // calibrated
    QVERIFY_THROWS_EXCEPTION(
        Cancelled,
        (void)session("demo:gqa").lookAt(asked, source.get_token(), [&](const Progress& progress) {
          if (progress.unit != "layers") return;
          layers = int(progress.done);
          if (layers == 2) source.request_stop();
        }));
    QCOMPARE(layers, 2);
  }
};

QTEST_GUILESS_MAIN(PassageTest)
#include "passage_test.moc"
