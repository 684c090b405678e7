// SPDX-License-Identifier: GPL-3.0-or-later
// Logits and taps of tiny random models against those that transformers computed from the same
// folders (tests/data/model/make_fixtures.py).
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "model/causal_lm.hpp"
#include "model/config/family_facts.hpp"
#include "model/matrix_product.hpp"

using namespace kvloupe;

namespace {

const QString kCases = QStringLiteral(KVLOUPE_TEST_DATA "/model");

class Recorder : public TapObserver {
 public:
  [[nodiscard]] bool wants(int, Tap) const override { return true; }
  void observe(int layer, Tap tap, const at::Tensor& values) override {
    seen["layers." + std::to_string(layer) + "." + std::string(tapName(tap))] = values;
  }
  std::map<std::string, at::Tensor> seen;
};

at::Tensor read(const WeightSource& source, const std::string& name) {
  const TensorEntry& entry = source.at(name);
  at::Tensor tensor = at::empty(entry.shape, at::kFloat);
  source.readFloat32(entry, {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())});
  return tensor;
}

/// max |a - b| / max |b|; NaN or another shape is as far as can be.
double distance(const at::Tensor& a, const at::Tensor& b) {
  if (a.sizes() != b.sizes()) return INFINITY;
  const double relative = ((a - b).abs().max() / b.abs().max()).item<double>();
  return std::isnan(relative) ? INFINITY : relative;
}

/// Largest error of a value rounded to bfloat16, relative.
constexpr double kUnit = 0x1p-9;

/// Root of mean (a - b)^2 over mean b^2.
double meanDistance(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).pow(2).mean() / b.pow(2).mean()).sqrt().item<double>();
}

/// Logits and taps [tokens, heads, dim] by the names of `expected`, whose ids the model runs on.
std::map<std::string, at::Tensor> run(const CausalLm& model, const WeightSource& expected) {
  const at::Tensor idsAsFloats = read(expected, "ids");
  std::vector<std::int32_t> ids;
  for (std::int64_t i = 0; i < idsAsFloats.numel(); ++i)
    ids.push_back(static_cast<std::int32_t>(idsAsFloats.data_ptr<float>()[i]));
  Recorder recorder;
  recorder.seen["logits"] =
      model.head().logits(model.forward(ids, {.observer = &recorder, .stop = {}}));
  return std::move(recorder.seen);
}

}  // namespace

class ReferenceTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void logitsAndTapsAgreeWithTransformers_data() {
    QTest::addColumn<QString>("folder");
    for (const QString& name : QDir(kCases).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
      QTest::newRow(qPrintable(name)) << kCases + "/" + name;
  }

  void logitsAndTapsAgreeWithTransformers() {
    QFETCH(QString, folder);
    const std::string path = folder.toStdString();
    const auto model = CausalLm::load(readConfig(path), *openWeights(path), {}, {});
    const auto expected = openWeights(path + "/expected");
    auto seen = run(*model, *expected);

    double worst = 0;
    std::size_t compared = 0;
    for (const TensorEntry& entry : expected->tensors()) {
      if (entry.name == "ids") continue;
      QVERIFY2(seen.contains(entry.name), entry.name.c_str());
      const double off = distance(seen[entry.name], read(*expected, entry.name));
      QVERIFY2(off <= 1e-4, qPrintable(QString("%1: %2").arg(entry.name.c_str()).arg(off)));
      worst = std::max(worst, off);
      ++compared;
    }
    QCOMPARE(seen.size(), compared);  // no tap that transformers does not have
    qInfo() << "worst relative difference" << worst << "of" << compared << "tensors";
  }

  void bfloat16StaysWithinItsNoise_data() { logitsAndTapsAgreeWithTransformers_data(); }
  // Its noise is what transformers' own run in bfloat16 is off from its float32.
  void bfloat16StaysWithinItsNoise() {
    QFETCH(QString, folder);
    const std::string path = folder.toStdString();
    QFile file(kCases + "/bfloat16_noise.json");
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QJsonObject noise =
        QJsonDocument::fromJson(file.readAll()).object()[QFileInfo(folder).fileName()].toObject();
    const auto expected = openWeights(path + "/expected");
    const auto seenIn = [&](ComputeType type) {
      return run(*CausalLm::load(readConfig(path), *openWeights(path), {}, {}, type), *expected);
    };
    const auto widened = seenIn(ComputeType::WidenedBfloat16);
    const bool products = bfloat16Speed() > 0;
    const auto narrow = products ? seenIn(ComputeType::Bfloat16) : widened;

    double worst = 0;
    for (const TensorEntry& entry : expected->tensors()) {
      if (entry.name == "ids") continue;
      const at::Tensor wanted = read(*expected, entry.name);
      const double theirs = noise[entry.name.c_str()].toDouble();
      QVERIFY2(theirs > 0, entry.name.c_str());
      const double off = meanDistance(widened.at(entry.name), wanted);
      const double offNarrow = meanDistance(narrow.at(entry.name), wanted);
      QVERIFY2(std::max(off, offNarrow) < 1.2 * theirs,
               qPrintable(QString("%1: %2 and %3, transformers %4")
                              .arg(entry.name.c_str())
                              .arg(off)
                              .arg(offNarrow)
                              .arg(theirs)));
      worst = std::max({worst, off / theirs, offNarrow / theirs});
    }
    const double off = meanDistance(widened.at("logits"), read(*expected, "logits"));
    QVERIFY2(off > 0.02 * kUnit, qPrintable(QString::number(off)));  // it is not float32
    // The same values as float32 give the same up to the order of sums, and what that rounds anew.
    QVERIFY(meanDistance(narrow.at("logits"), widened.at("logits")) < std::max(kUnit / 2, off / 4));
    qInfo() << "at most" << worst << "of transformers' own distance from float32, a tensor";
  }

  void everyFamilyHasACase() {
    std::set<Family> seen;
    for (const QString& name : QDir(kCases).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
      seen.insert(readConfig((kCases + "/" + name).toStdString()).family);
    for (const FamilyFacts& facts : allFamilies())
      QVERIFY2(seen.contains(facts.family), std::string(facts.modelType).c_str());
  }

  void parametersAreCounted_data() { logitsAndTapsAgreeWithTransformers_data(); }
  // The files hold what save_pretrained wrote, and gpt2_base buffers of masks besides.
  void parametersAreCounted() {
    QFETCH(QString, folder);
    const auto weights = openWeights(folder.toStdString());
    std::int64_t stored = 0;
    for (const TensorEntry& entry : weights->tensors())
      if (!entry.name.ends_with(".attn.bias") && !entry.name.ends_with(".masked_bias"))
        stored += entry.elements();
    QCOMPARE(parameterCount(readConfig(folder.toStdString())), stored);
  }
};

QTEST_GUILESS_MAIN(ReferenceTest)
#include "reference_test.moc"
