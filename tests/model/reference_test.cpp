// SPDX-License-Identifier: GPL-3.0-or-later
// Logits and taps of tiny random models against those that transformers computed from the same
// folders (tests/data/model/make_fixtures.py).
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <QDir>
#include <QtTest>
#include <algorithm>
#include <map>
#include <random>
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

/// Weights in float32, those of matrices multiplied by a random 1 +- kUnit at most.
class Disturbed final : public WeightSource {
 public:
  Disturbed(const WeightSource& source, unsigned seed)
      : entries_(source.tensors().begin(), source.tensors().end()),
        files_(source.files().begin(), source.files().end()) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> factor(1 - float(kUnit), 1 + float(kUnit));
    for (TensorEntry& entry : entries_) {
      std::vector<float> values(static_cast<std::size_t>(entry.elements()));
      source.readFloat32(entry, values);
      if (entry.shape.size() > 1)
        for (float& value : values) value *= factor(random);
      entry.begin = static_cast<std::int64_t>(values_.size()) * 4;
      entry.end = entry.begin + static_cast<std::int64_t>(values.size()) * 4;
      entry.dtype = Dtype::F32;
      values_.insert(values_.end(), values.begin(), values.end());
    }
  }
  [[nodiscard]] std::span<const TensorEntry> tensors() const override { return entries_; }
  [[nodiscard]] std::span<const File> files() const override { return files_; }
  void readBytes(const TensorEntry& entry, std::int64_t offset,
                 std::span<std::byte> out) const override {
    const auto all = std::as_bytes(std::span(values_));
    std::ranges::copy(all.subspan(static_cast<std::size_t>(entry.begin + offset), out.size()),
                      out.begin());
  }

 private:
  std::vector<TensorEntry> entries_;
  std::vector<File> files_;
  std::vector<float> values_;
};

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

  void bfloat16StaysWithinItsNoise_data() { logitsAndTapsAgreeWithTransformers_data(); }
  // What errors of the size of one rounding do to a model is its own affair (uneven attention
  // multiplies them, a token that another expert serves is off by all): so they are measured, at
  // random weights within a rounding of the true ones.
  void bfloat16StaysWithinItsNoise() {
    QFETCH(QString, folder);
    const std::string path = folder.toStdString();
    const ModelConfig config = readConfig(path);
    const auto weights = openWeights(path);
    const auto expected = openWeights(path + "/expected");
    const at::Tensor idsAsFloats = read(*expected, "ids");
    std::vector<std::int32_t> ids;
    for (std::int64_t i = 0; i < idsAsFloats.numel(); ++i)
      ids.push_back(static_cast<std::int32_t>(idsAsFloats.data_ptr<float>()[i]));
    const at::Tensor wanted = read(*expected, "logits");
    const auto logitsOf = [&](const WeightSource& source, ComputeType type) {
      const auto model = CausalLm::load(config, source, {}, {}, type);
      return model->head().logits(model->forward(ids, {}));
    };
    double noise = 0;
    for (unsigned seed = 0; seed < 16; ++seed)
      noise = std::max(
          noise, meanDistance(logitsOf(Disturbed(*weights, seed), ComputeType::Float32), wanted));
    const at::Tensor widened = logitsOf(*weights, ComputeType::WidenedBfloat16);
    const double off = meanDistance(widened, wanted);
    qInfo() << "off by" << off / kUnit << "roundings; weights off by one:" << noise / kUnit;
    QVERIFY2(off < 3 * noise, qPrintable(QString("%1, noise %2").arg(off).arg(noise)));
    QVERIFY2(off > 0.02 * kUnit, qPrintable(QString::number(off)));  // it is not float32
    if (bfloat16Speed() == 0) return;
    const at::Tensor narrow = logitsOf(*weights, ComputeType::Bfloat16);
    QVERIFY(meanDistance(narrow, wanted) < 3 * noise);
    // The same values as float32 give the same up to the order of sums, and what that rounds anew.
    QVERIFY(meanDistance(narrow, widened) < std::max(kUnit / 2, off / 4));
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
