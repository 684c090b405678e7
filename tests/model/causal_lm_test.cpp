// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causal_lm.hpp"

#include <ATen/ATen.h>

#include <QtTest>
#include <functional>
#include <set>
#include <thread>

#include "common/error.hpp"
#include "model/random_weights.hpp"

using namespace kvloupe;

namespace {

const std::string kCases = KVLOUPE_TEST_DATA "/model/";

struct Loaded {
  ModelConfig config;
  std::unique_ptr<CausalLm> model;

  explicit Loaded(const std::string& name) : config(readConfig(kCases + name)) {
    model = CausalLm::load(config, RandomWeights(config), {}, {});
  }
};

std::vector<std::int32_t> someIds(const ModelConfig& config, int count) {
  std::vector<std::int32_t> ids;
  for (int i = 0; i < count; ++i) ids.push_back((i * i * 7 + i * 13 + 5) % config.vocabSize);
  return ids;
}

/// Applies a function to one tap of one layer.
class OneTap : public CacheTransform {
 public:
  using Change = std::function<at::Tensor(const at::Tensor&)>;
  OneTap(int layer, Tap tap, Change change)
      : layer_(layer), tap_(tap), change_(std::move(change)) {}
  [[nodiscard]] bool touches(int layer, Tap tap) const override {
    return layer == layer_ && tap == tap_;
  }
  [[nodiscard]] at::Tensor apply(int, Tap, const at::Tensor& values) const override {
    return change_(values);
  }

 private:
  int layer_;
  Tap tap_;
  Change change_;
};

class Keeper : public TapObserver {
 public:
  Keeper(int layer, Tap tap) : layer_(layer), tap_(tap) {}
  [[nodiscard]] bool wants(int layer, Tap tap) const override {
    return layer == layer_ && tap == tap_;
  }
  void observe(int, Tap, const at::Tensor& values) override { kept = values; }
  at::Tensor kept;

 private:
  int layer_;
  Tap tap_;
};

at::Tensor zeros(const at::Tensor& values) { return at::zeros_like(values); }

/// The first half of every head's dimensions.
at::Tensor firstHalf(const at::Tensor& values) {
  const at::Tensor kept = at::zeros_like(values);
  const std::int64_t half = values.size(2) / 2;
  kept.narrow(2, 0, half).copy_(values.narrow(2, 0, half));
  return kept;
}

std::string messageOf(const std::function<void()>& what) {
  try {
    what();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

class CausalLmTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void sameIdsGiveTheSameBits() {
    const Loaded gqa("qwen2_tied_sharded");
    const auto ids = someIds(gqa.config, 300);
    const at::Tensor first = gqa.model->forward(ids, {});
    QVERIFY(at::equal(first, gqa.model->forward(ids, {})));
    QVERIFY(at::equal(first, Loaded("qwen2_tied_sharded").model->forward(ids, {})));
  }

  void laterTokensChangeNothingBefore_data() {
    QTest::addColumn<QString>("name");
    for (const char* name :
         {"qwen2_tied_sharded", "llama_gqa_bias_llama3", "deepseek_v2_group_yarn"})
      QTest::newRow(name) << name;
  }
  // 700 tokens cross the edges of row blocks (512) and query blocks (128), 90 none.
  void laterTokensChangeNothingBefore() {
    QFETCH(QString, name);
    const Loaded loaded(name.toStdString());
    auto ids = someIds(loaded.config, 700);
    const at::Tensor whole = loaded.model->forward(ids, {});
    ids.resize(90);
    const at::Tensor part = loaded.model->forward(ids, {});
    const at::Tensor off = (whole.narrow(0, 0, 90) - part).abs().max() / part.abs().max();
    QVERIFY(off.item<double>() < 1e-5);
    QVERIFY(at::isfinite(whole).all().item<bool>());
  }

  void aTransformThatKeepsValuesChangesNoBit_data() { taps(); }
  void aTransformThatKeepsValuesChangesNoBit() {
    QFETCH(QString, name);
    QFETCH(int, tap);
    const Loaded loaded(name.toStdString());
    const auto ids = someIds(loaded.config, 30);
    const OneTap keep(1, static_cast<Tap>(tap), [](const at::Tensor& x) { return x.clone(); });
    QVERIFY(at::equal(loaded.model->forward(ids, {.transform = &keep, .stop = {}}),
                      loaded.model->forward(ids, {})));
  }

  void aTruncationReachesTheLogits_data() { taps(); }
  void aTruncationReachesTheLogits() {
    QFETCH(QString, name);
    QFETCH(int, tap);
    const Loaded loaded(name.toStdString());
    const auto ids = someIds(loaded.config, 30);
    const OneTap cut(0, static_cast<Tap>(tap), firstHalf);
    const at::Tensor before = loaded.model->head().logits(loaded.model->forward(ids, {}));
    const at::Tensor after =
        loaded.model->head().logits(loaded.model->forward(ids, {.transform = &cut, .stop = {}}));
    const at::Tensor off = (after - before).abs().max() / before.abs().max();
    QVERIFY2(off.item<double>() > 1e-3, qPrintable(QString::number(off.item<double>())));
  }

  void theObserverSeesWhatWasThereBeforeCompression_data() { taps(); }
  void theObserverSeesWhatWasThereBeforeCompression() {
    QFETCH(QString, name);
    QFETCH(int, tap);
    const Loaded loaded(name.toStdString());
    const auto ids = someIds(loaded.config, 30);
    Keeper plain(0, static_cast<Tap>(tap)), watching(0, static_cast<Tap>(tap));
    const OneTap erase(0, static_cast<Tap>(tap), zeros);
    (void)loaded.model->forward(ids, {.observer = &plain, .stop = {}});
    (void)loaded.model->forward(ids, {.observer = &watching, .transform = &erase, .stop = {}});
    QVERIFY(plain.kept.abs().max().item<float>() > 0);
    QVERIFY(at::equal(plain.kept, watching.kept));
  }

  // V erased in every layer leaves attention nothing to say: only the token itself counts.
  void attentionReadsTheCompressedValues() {
    const Loaded loaded("llama_mha");
    class EraseV : public CacheTransform {
      [[nodiscard]] bool touches(int, Tap tap) const override { return tap == Tap::V; }
      [[nodiscard]] at::Tensor apply(int, Tap, const at::Tensor& x) const override {
        return zeros(x);
      }
    } const erase;
    const std::vector<std::int32_t> one = {3, 14, 15}, other = {92, 65, 15};
    const auto last = [&](const std::vector<std::int32_t>& ids, const CacheTransform* transform) {
      return loaded.model->forward(ids, {.transform = transform, .stop = {}})[2];
    };
    QVERIFY(!at::allclose(last(one, nullptr), last(other, nullptr), 1e-2));
    QVERIFY(at::allclose(last(one, &erase), last(other, &erase), 1e-6));
  }

  void aTransformMustKeepTheShape() {
    const Loaded loaded("llama_mha");
    const OneTap cut(0, Tap::V, [](const at::Tensor& x) { return x.narrow(1, 0, 1); });
    QVERIFY_EXCEPTION_THROWN(
        (void)loaded.model->forward(someIds(loaded.config, 8), {.transform = &cut, .stop = {}}),
        Error);
  }

  void stopsInTheMiddle() {
    const Loaded loaded("llama_mha");
    std::stop_source stop;
    const OneTap stopper(1, Tap::K, [&](const at::Tensor& x) {
      stop.request_stop();
      return x;
    });
    QVERIFY_EXCEPTION_THROWN(
        (void)loaded.model->forward(someIds(loaded.config, 20),
                                    {.transform = &stopper, .stop = stop.get_token()}),
        Cancelled);
  }

  void stopsWhileLoading() {
    const ModelConfig config = readConfig(kCases + "llama_mha");
    std::stop_source stop;
    std::int64_t last = 0;
    const ProgressFn progress = [&](const Progress& p) {
      QVERIFY(p.done > last && p.done <= p.total);
      last = p.done;
      if (p.done > p.total / 2) stop.request_stop();
    };
    QVERIFY_EXCEPTION_THROWN(
        CausalLm::load(config, RandomWeights(config), stop.get_token(), progress), Cancelled);
    QVERIFY(last > 0);
  }

  void refusesIdsOutsideTheVocabulary() {
    const Loaded loaded("llama_mha");
    for (const std::vector<std::int32_t>& ids :
         {std::vector<std::int32_t>{}, {1, -1}, {1, loaded.config.vocabSize}})
      QVERIFY_EXCEPTION_THROWN((void)loaded.model->forward(ids, {}), Error);
  }

  void refusesMoreTokensThanLearnedPositions() {
    const Loaded loaded("gpt2");
    (void)loaded.model->forward(someIds(loaded.config, 32), {});
    const std::string message =
        messageOf([&] { (void)loaded.model->forward(someIds(loaded.config, 33), {}); });
    QVERIFY2(message.find("33") != std::string::npos, message.c_str());
    QVERIFY2(message.find("32") != std::string::npos, message.c_str());
  }

  void slidingLayersHaveAnglesOfTheirOwn() {
    const Loaded loaded("gemma3");  // every other layer slides
    const auto cosine = [&](int layer) { return loaded.model->angles(layer, 8).cosine; };
    QVERIFY(!at::equal(cosine(0), cosine(1)));
    QVERIFY(at::equal(cosine(0), cosine(2)));
  }

  // transformers: the long factors hold from original_max_position_embeddings + 1 tokens on.
  void longRopeTurnsAtTheOriginalLength() {
    const Loaded loaded("phi3_longrope_long");  // of 20
    const auto ofToken = [&](int tokens) { return loaded.model->angles(0, tokens).cosine[7]; };
    QVERIFY(at::equal(ofToken(20), ofToken(10)));
    QVERIFY(!at::equal(ofToken(21), ofToken(20)));
  }

  void refusesAMissingTensor() {
    const ModelConfig config = readConfig(kCases + "deepseek_v2_qlora_moe");
    RandomWeights weights(config);
    const std::string name = "model.layers.1.mlp.experts.3.up_proj.weight";
    QVERIFY(std::erase_if(weights.entries(), [&](const TensorEntry& e) { return e.name == name; }));
    const std::string message = messageOf([&] { CausalLm::load(config, weights, {}, {}); });
    QVERIFY2(message.find(name) != std::string::npos, message.c_str());
  }

  void refusesAWrongShape() {
    const ModelConfig config = readConfig(kCases + "llama_mha");
    RandomWeights weights(config);
    const std::string name = "model.layers.0.self_attn.k_proj.weight";
    for (TensorEntry& entry : weights.entries())
      if (entry.name == name) entry.shape = {16, 64};
    const std::string message = messageOf([&] { CausalLm::load(config, weights, {}, {}); });
    QVERIFY2(message.find(name) != std::string::npos, message.c_str());
    QVERIFY2(message.find("16") != std::string::npos, message.c_str());
  }

 private:
  static void taps() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("tap");
    const auto add = [](const char* name, std::initializer_list<Tap> list) {
      for (const Tap tap : list)
        QTest::addRow("%s %s", name, std::string(tapName(tap)).c_str())
            << QString(name) << static_cast<int>(tap);
    };
    add("qwen2_tied_sharded", {Tap::KPrebias, Tap::K, Tap::KRope, Tap::V});
    for (const char* mla : {"deepseek_v2_group_yarn", "deepseek_v3_qlora", "minicpm3"})
      add(mla, {Tap::K, Tap::KRope, Tap::V, Tap::Latent});
    for (const char* biased : {"gpt2", "gpt_neox", "qwen2_moe"})
      add(biased, {Tap::KPrebias, Tap::K, Tap::KRope, Tap::V});
    for (const char* plain :
         {"llama_mha", "mistral_sliding", "qwen3_norms", "phi3", "gemma2", "gemma3", "mixtral"})
      add(plain, {Tap::K, Tap::KRope, Tap::V});
  }
};

QTEST_GUILESS_MAIN(CausalLmTest)
#include "causal_lm_test.moc"
