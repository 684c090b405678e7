// SPDX-License-Identifier: GPL-3.0-or-later
// Weights of attention against those that transformers gives with output_attentions=True
// (tests/data/model/make_attention.py).
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/stack.h>
#include <fmt/format.h>

#include <QDir>
#include <QtTest>
#include <map>

#include "model/causal_lm.hpp"

using namespace kvloupe;

namespace {

const QString kCases = QStringLiteral(KVLOUPE_TEST_DATA "/model");

at::Tensor read(const WeightSource& source, const std::string& name) {
  const TensorEntry& entry = source.at(name);
  at::Tensor tensor = at::empty(entry.shape, at::kFloat);
  source.readFloat32(entry, {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())});
  return tensor;
}

/// The weights of all heads of every layer, [heads, tokens, tokens].
class Watcher : public TapObserver {
 public:
  [[nodiscard]] bool wants(int, Tap) const override { return false; }
  void observe(int, Tap, const at::Tensor&) override {}
  [[nodiscard]] bool wantsAttention(int) const override { return true; }
  void observeAttention(int layer, const AttentionInputs& inputs) override {
    std::vector<at::Tensor> heads;
    for (std::int64_t head = 0; head < inputs.heads(); ++head)
      heads.push_back(inputs.weights(head, {}));
    seen[layer] = at::stack(heads);
  }
  std::map<int, at::Tensor> seen;
};

}  // namespace

class AttentionTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void weightsAreThoseOfTransformers_data() {
    QTest::addColumn<QString>("folder");
    for (const QString& name : QDir(kCases).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
      if (QDir(kCases + "/" + name + "/attention").exists())
        QTest::newRow(qPrintable(name)) << kCases + "/" + name;
  }
  void weightsAreThoseOfTransformers() {
    QFETCH(QString, folder);
    const std::string path = folder.toStdString();
    const auto model = CausalLm::load(readConfig(path), *openWeights(path), {}, {});
    const auto expected = openWeights(path + "/attention");
    const at::Tensor idsAsFloats = read(*openWeights(path + "/expected"), "ids");
    std::vector<std::int32_t> ids;
    for (std::int64_t i = 0; i < idsAsFloats.numel(); ++i)
      ids.push_back(static_cast<std::int32_t>(idsAsFloats.data_ptr<float>()[i]));

    Watcher watcher;
    const at::Tensor watched = model->forward(ids, {.observer = &watcher, .stop = {}});
    QCOMPARE(watcher.seen.size(), expected->tensors().size());
    for (const auto& [layer, weights] : watcher.seen) {
      const at::Tensor theirs =
          read(*expected, fmt::format("layers.{}.attention", layer));  // [heads, t, t]
      QVERIFY(weights.sizes() == theirs.sizes());
      const double worst = (weights - theirs).abs().max().item<double>();
      QVERIFY2(worst <= 1e-5, qPrintable(QString("layer %1: %2").arg(layer).arg(worst)));
      const double off = (weights.sum(-1) - 1).abs().max().item<double>();
      QVERIFY2(off <= 1e-5,
               qPrintable(QString("layer %1: a row sums to 1 +- %2").arg(layer).arg(off)));
      QCOMPARE(weights.triu(1).abs().max().item<float>(), 0.0f);
    }
    // Who looks on changes nothing.
    QVERIFY(at::equal(watched, model->forward(ids, {.stop = {}})));
  }
};

QTEST_GUILESS_MAIN(AttentionTest)
#include "attention_test.moc"
