// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "compression/plan/spec.hpp"
#include "engine/engine.hpp"

using namespace kvloupe;

/// Plans against what transformers gives when their exported files are applied to it
/// (tests/data/transformers/make_reference.py).
class TransformersTest : public QObject {
  Q_OBJECT

  nlohmann::json reference_;
  std::unique_ptr<Engine> engine_ = createEngine();
  std::map<std::string, std::unique_ptr<Session>> sessions_;
  std::string shared_;

  Session& session(const std::string& model) {
    auto& kept = sessions_[model];
    if (!kept) {
      const bool demo = model.starts_with("demo:");
      kept = engine_->open({.model = demo ? model : shared_ + "/models/" + model}, {}, nullptr);
      kept->hashWeights({}, nullptr);
    }
    return *kept;
  }

 private slots:
  void initTestCase() {
    std::ifstream file(KVLOUPE_TEST_DATA "/transformers/reference.json");
    QVERIFY(file.good());
    reference_ = nlohmann::json::parse(file);
    shared_ = qEnvironmentVariable("KVLOUPE_SHARED_DATA").toStdString();
  }

  void perplexityIsThatOfTransformers_data() {
    QTest::addColumn<int>("entry");
    const auto& entries = reference_["entries"];
    for (std::size_t i = 0; i < entries.size(); ++i) {
      std::string name = entries[i]["model"];
      for (const std::string spec : entries[i]["specs"]) name += " " + spec;
      QTest::newRow(name.c_str()) << int(i);
    }
  }
  void perplexityIsThatOfTransformers() {
    QFETCH(int, entry);
    const auto& expected = reference_["entries"][std::size_t(entry)];
    const std::string model = expected["model"];
    EvaluationRequest request;
    if (!model.starts_with("demo:")) {
      request.textPath = shared_ + "/text/tinystories/eval.txt";
      request.calibrationPath = shared_ + "/text/tinystories/calibration.txt";
      if (!std::ifstream(request.textPath)) QSKIP("stories260k is not here");
    }
    if (session(model).info().weightFiles.front().sha256 != expected["weights"])
      QSKIP("the reference is of other weights: run tests/data/transformers/make_reference.py");
    request.context = reference_["context"];
    request.maxTokens = reference_["tokens"];
    request.calibrationTokens = reference_["calibration_tokens"];
    for (const std::string spec : expected["specs"]) request.specs.push_back(parseSpec(spec));
    const Evaluation found = session(model).evaluate(request, {}, nullptr, nullptr);
    const auto near = [](double ours, double theirs) {
      QVERIFY2(
          std::abs(ours / theirs - 1) <= 1e-3,
          qPrintable(QStringLiteral("%1 is not %2").arg(ours, 0, 'g', 9).arg(theirs, 0, 'g', 9)));
    };
    near(found.figures.baseline.ppl, expected["baseline_ppl"]);
    near(found.figures.compressed.ppl, expected["ppl"]);
  }

  void fittedTensorsHaveTheirShapes() {
    EvaluationRequest request;
    request.context = 64;
    request.maxTokens = 128;
    request.calibrationTokens = 512;
    request.specs = {parseSpec("k:rank=24,basis=query,bits=4,rotate=hadamard@1"),
                     parseSpec("v:format=uint4,scale=tensor,centre=1@2")};
    std::map<std::string, std::vector<std::int64_t>> shapes;
    for (const PlanTensor& tensor : session("demo:gqa").fittedTensors(request, {}, nullptr)) {
      std::int64_t count = 1;
      for (const std::int64_t n : tensor.shape) count *= n;
      QCOMPARE(std::int64_t(tensor.values.size()), count);
      shapes[tensor.name] = tensor.shape;
    }
    const std::map<std::string, std::vector<std::int64_t>> expected = {
        {"layers.1.k.mean", {2, 64}},
        {"layers.1.k.encode", {2, 64, 24}},
        {"layers.1.k.decode", {2, 24, 64}},
        {"layers.1.k.rotation", {24, 24}},
        {"layers.2.v.mean", {2, 64}},
        {"layers.2.v.scale", {2}},
        {"layers.2.v.zero", {2}}};
    QVERIFY(shapes == expected);
  }
};

QTEST_GUILESS_MAIN(TransformersTest)
#include "transformers_test.moc"
