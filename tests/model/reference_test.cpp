// SPDX-License-Identifier: GPL-3.0-or-later
// Logits and taps of tiny random models against those that transformers computed from the same
// folders (tests/data/model/make_fixtures.py).
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <QDir>
#include <QtTest>
#include <map>
#include <set>

#include "model/causal_lm.hpp"
#include "model/config/family_facts.hpp"

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
    std::vector<std::int32_t> ids;
    const at::Tensor idsAsFloats = read(*expected, "ids");
    for (std::int64_t i = 0; i < idsAsFloats.numel(); ++i)
      ids.push_back(static_cast<std::int32_t>(idsAsFloats.data_ptr<float>()[i]));

    Recorder recorder;
    const at::Tensor hidden = model->forward(ids, {.observer = &recorder, .stop = {}});
    recorder.seen["logits"] = model->head().logits(hidden);

    double worst = 0;
    std::size_t compared = 0;
    for (const TensorEntry& entry : expected->tensors()) {
      if (entry.name == "ids") continue;
      QVERIFY2(recorder.seen.contains(entry.name), entry.name.c_str());
      const double off = distance(recorder.seen[entry.name], read(*expected, entry.name));
      QVERIFY2(off <= 1e-4, qPrintable(QString("%1: %2").arg(entry.name.c_str()).arg(off)));
      worst = std::max(worst, off);
      ++compared;
    }
    QCOMPARE(recorder.seen.size(), compared);  // no tap that transformers does not have
    qInfo() << "worst relative difference" << worst << "of" << compared << "tensors";
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
