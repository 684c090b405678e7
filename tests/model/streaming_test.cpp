// SPDX-License-Identifier: GPL-3.0-or-later
// A model that is streamed from its files against the same one in memory: every bit is the same.
#include <ATen/ATen.h>

#include <QDir>
#include <QtTest>
#include <map>
#include <set>

#include "common/error.hpp"
#include "model/causal_lm.hpp"
#include "model/matrix_product.hpp"
#include "model/random_weights.hpp"

using namespace kvloupe;

namespace {

const std::string kCases = KVLOUPE_TEST_DATA "/model/";

/// Counts what is read of each tensor.
class Counted final : public WeightSource {
 public:
  explicit Counted(std::shared_ptr<const WeightSource> source) : source_(std::move(source)) {}
  [[nodiscard]] std::span<const TensorEntry> tensors() const override { return source_->tensors(); }
  [[nodiscard]] std::span<const File> files() const override { return source_->files(); }
  void readBytes(const TensorEntry& entry, std::int64_t offset,
                 std::span<std::byte> out) const override {
    bytes[entry.name] += static_cast<std::int64_t>(out.size());
    source_->readBytes(entry, offset, out);
  }
  mutable std::map<std::string, std::int64_t> bytes;

 private:
  std::shared_ptr<const WeightSource> source_;
};

class Recorder : public TapObserver {
 public:
  [[nodiscard]] bool wants(int, Tap) const override { return true; }
  void observe(int layer, Tap tap, const at::Tensor& values) override {
    seen[{layer, tap}] = values;
  }
  std::map<std::pair<int, Tap>, at::Tensor> seen;
};

std::vector<std::int32_t> someIds(const ModelConfig& config, int count, int start = 5) {
  std::vector<std::int32_t> ids;
  for (int i = 0; i < count; ++i) ids.push_back((i * i * 7 + i * 13 + start) % config.vocabSize);
  return ids;
}

struct Both {
  ModelConfig config;
  std::shared_ptr<const WeightSource> source;
  std::unique_ptr<CausalLm> resident, streamed;

  explicit Both(const std::string& name)
      : config(readConfig(kCases + name)), source(openWeights(kCases + name)) {
    resident = CausalLm::load(config, *source, {}, {});
    streamed = CausalLm::stream(config, source);
  }
};

bool same(const std::vector<float>& a, const std::vector<float>& b) { return !a.empty() && a == b; }

}  // namespace

class StreamingTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everyFamilyGivesTheSameBits_data() {
    QTest::addColumn<QString>("name");
    for (const QString& name :
         QDir(QString::fromStdString(kCases)).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
      QTest::newRow(qPrintable(name)) << name;
  }
  void everyFamilyGivesTheSameBits() {
    QFETCH(QString, name);
    const Both both(name.toStdString());
    QVERIFY(!both.resident->streams() && both.streamed->streams());
    const auto ids = someIds(both.config, 30);
    Recorder wanted, seen;
    const at::Tensor resident = both.resident->forward(ids, {.observer = &wanted, .stop = {}});
    const at::Tensor streamed = both.streamed->forward(ids, {.observer = &seen, .stop = {}});
    QVERIFY(at::equal(resident, streamed));
    QVERIFY(!wanted.seen.empty());
    QCOMPARE(seen.seen.size(), wanted.seen.size());
    for (const auto& [tap, values] : wanted.seen) QVERIFY(at::equal(values, seen.seen.at(tap)));

    const std::span<const std::int32_t> targets = std::span(ids).subspan(1);
    const at::Tensor predicting = resident.narrow(0, 0, 29);
    QVERIFY(same(both.resident->head().score(predicting, targets, {}).nll,
                 both.streamed->head().score(predicting, targets, {}).nll));
    QVERIFY(
        at::equal(both.resident->head().logits(resident), both.streamed->head().logits(streamed)));
    for (int layer = 0; layer < both.config.numLayers; ++layer) {
      const AttentionWeights a = both.resident->attentionWeights(layer);
      const AttentionWeights b = both.streamed->attentionWeights(layer);
      QVERIFY(at::equal(a.output, b.output));
      QCOMPARE(a.expand.defined(), b.expand.defined());
      QVERIFY(!a.expand.defined() || at::equal(a.expand, b.expand));
    }
  }

  void bfloat16GivesTheSameBits_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("type");
    for (const char* name : {"gpt2", "qwen2_tied_sharded", "deepseek_v3_qlora", "qwen2_moe"})
      for (const ComputeType type : {ComputeType::Bfloat16, ComputeType::WidenedBfloat16})
        QTest::addRow("%s %d", name, int(type)) << QString(name) << int(type);
  }
  void bfloat16GivesTheSameBits() {
    QFETCH(QString, name);
    QFETCH(int, type);
    if (ComputeType(type) == ComputeType::Bfloat16 && bfloat16Speed() == 0)
      QSKIP("this computer has no products of bfloat16");
    const std::string folder = kCases + name.toStdString();
    const ModelConfig config = readConfig(folder);
    const std::shared_ptr<const WeightSource> source = openWeights(folder);
    const auto resident = CausalLm::load(config, *source, {}, {}, ComputeType(type));
    const auto streamed = CausalLm::stream(config, source, ComputeType(type));
    const auto ids = someIds(config, 30);
    const at::Tensor hidden = resident->forward(ids, {});
    QVERIFY(at::equal(hidden, streamed->forward(ids, {})));
    QVERIFY(at::equal(resident->head().logits(hidden), streamed->head().logits(hidden)));
    QVERIFY(at::equal(resident->attentionWeights(0).output, streamed->attentionWeights(0).output));
    QCOMPARE(resident->attentionWeights(0).output.scalar_type(), at::kFloat);
  }

  void sequencesTogetherGiveWhatEachGivesAlone_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"qwen2_tied_sharded", "deepseek_v2_qlora_moe", "gemma3", "mixtral"})
      QTest::newRow(name) << name;
  }
  void sequencesTogetherGiveWhatEachGivesAlone() {
    QFETCH(QString, name);
    const Both both(name.toStdString());
    const std::vector<std::vector<std::int32_t>> ids = {
        someIds(both.config, 30), someIds(both.config, 17, 3), someIds(both.config, 30, 11)};
    std::vector<Recorder> seen(ids.size());
    std::vector<CausalLm::Sequence> sequences;
    for (std::size_t i = 0; i < ids.size(); ++i)
      sequences.push_back({.ids = ids[i], .context = {.observer = &seen[i], .stop = {}}});
    std::vector<int> layers;
    const auto together =
        both.streamed->forward(sequences, [&](int done) { layers.push_back(done); });
    QCOMPARE(together.size(), ids.size());
    QCOMPARE(int(layers.size()), both.config.numLayers);
    QCOMPARE(layers.back(), both.config.numLayers);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      Recorder wanted;
      const at::Tensor alone = both.resident->forward(ids[i], {.observer = &wanted, .stop = {}});
      QVERIFY(at::equal(alone, together[i]));
      for (const auto& [tap, values] : wanted.seen)
        QVERIFY(at::equal(values, seen[i].seen.at(tap)));
    }
  }

  void aPassReadsEachLayerOnceForAllSequences() {
    const std::string folder = kCases + "llama_mha";
    const ModelConfig config = readConfig(folder);
    const auto counted = std::make_shared<Counted>(openWeights(folder));
    const auto model = CausalLm::stream(config, counted);
    const std::int64_t atOpening = counted->bytes["model.embed_tokens.weight"];
    QCOMPARE(atOpening, std::int64_t(0));
    for (const TensorEntry& entry : counted->tensors())
      QVERIFY2(!counted->bytes.contains(entry.name) || entry.name == "model.norm.weight" ||
                   counted->bytes[entry.name] == 0,
               entry.name.c_str());
    const auto ids = someIds(config, 9);
    const std::vector<CausalLm::Sequence> sequences(4, {.ids = ids, .context = {}});
    QVERIFY(model->sequencesAtOnce(9) >= 4);
    (void)model->forward(sequences);
    std::size_t layerTensors = 0;
    for (const TensorEntry& entry : counted->tensors()) {
      if (!entry.name.starts_with("model.layers.")) continue;
      QCOMPARE(counted->bytes[entry.name], entry.bytes());
      ++layerTensors;
    }
    QCOMPARE(layerTensors, std::size_t(9 * config.numLayers));
    QCOMPARE(counted->bytes["model.embed_tokens.weight"],
             std::int64_t(4 * 9 * config.hiddenSize * 4));
    QCOMPARE(counted->bytes["lm_head.weight"], std::int64_t(0));
  }

  // A token goes to 3 of 8 experts: one that no token goes to is not read.
  void onlyExpertsThatServeAreRead() {
    const std::string folder = kCases + "deepseek_v2_qlora_moe";
    const ModelConfig config = readConfig(folder);
    const auto counted = std::make_shared<Counted>(openWeights(folder));
    const auto model = CausalLm::stream(config, counted);
    (void)model->forward(someIds(config, 1), {});
    int read = 0, left = 0;
    for (int expert = 0; expert < config.moe->numRoutedExperts; ++expert) {
      const std::string name = "model.layers.1.mlp.experts." + std::to_string(expert) + ".";
      const bool any = counted->bytes.contains(name + "down_proj.weight");
      QCOMPARE(counted->bytes.contains(name + "gate_proj.weight"), any);
      ++(any ? read : left);
    }
    QCOMPARE(read, config.moe->expertsPerToken);
    QVERIFY(left > 0);
  }

  void aStopInTheMiddleOfALayerLeavesTheModelWhole() {
    const Both both("qwen2_moe");
    const auto ids = someIds(both.config, 20);
    std::stop_source stop;
    class Stopper final : public TapObserver {
     public:
      explicit Stopper(std::stop_source& source) : source_(source) {}
      [[nodiscard]] bool wants(int layer, Tap tap) const override {
        return layer == 1 && tap == Tap::K;
      }
      void observe(int, Tap, const at::Tensor&) override { source_.request_stop(); }

     private:
      std::stop_source& source_;
    } stopper(stop);
    QVERIFY_EXCEPTION_THROWN(
        (void)both.streamed->forward(ids, {.observer = &stopper, .stop = stop.get_token()}),
        Cancelled);
    QVERIFY(at::equal(both.streamed->forward(ids, {}), both.resident->forward(ids, {})));
  }

  void aWeightThatDoesNotFitIsRefusedBeforeAnythingRuns() {
    const ModelConfig config = readConfig(kCases + "llama_mha");
    const auto weights = std::make_shared<RandomWeights>(config);
    for (TensorEntry& entry : weights->entries())
      if (entry.name == "model.layers.1.mlp.up_proj.weight") entry.shape = {16, 64};
    QVERIFY_EXCEPTION_THROWN((void)CausalLm::stream(config, weights), Error);
  }
};

QTEST_GUILESS_MAIN(StreamingTest)
#include "streaming_test.moc"
