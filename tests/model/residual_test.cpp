// SPDX-License-Identifier: GPL-3.0-or-later
// The newest keys and values that every query sees as they were before the cache was compressed.
#include <ATen/ATen.h>

#include <QtTest>
#include <cmath>
#include <map>

#include "model/causal_attention.hpp"
#include "model/causal_lm.hpp"

using namespace kvloupe;

namespace {

/// Query by query, key by key, in float64.
at::Tensor naive(const at::Tensor& q, const RecentCache& old, std::span<const RecentCache> recent,
                 const ScoreRule& rule) {
  const std::int64_t tokens = q.size(0), heads = q.size(1), dim = q.size(2);
  const std::int64_t shared = heads / old.k.size(1), vDim = old.v.size(2);
  at::Tensor out = at::zeros({tokens, heads, vDim}, at::kDouble);
  const auto queries = q.accessor<float, 3>();
  auto result = out.accessor<double, 3>();
  for (std::int64_t head = 0; head < heads; ++head)
    for (std::int64_t i = 0; i < tokens; ++i) {
      double sum = 0;
      for (std::int64_t j = 0; j <= i; ++j) {
        if (rule.window > 0 && i - j >= rule.window) continue;
        const RecentCache* from = &old;
        for (std::size_t r = recent.size(); r > 0; --r)
          if (i - j < recent[r - 1].newest) from = &recent[r - 1];
        const auto keys = from->k.accessor<float, 3>(), values = from->v.accessor<float, 3>();
        double score = 0;
        for (std::int64_t d = 0; d < dim; ++d)
          score += double(queries[i][head][d]) * double(keys[j][head / shared][d]);
        const double weight = std::exp(rule.scale * score);
        sum += weight;
        for (std::int64_t d = 0; d < vDim; ++d)
          result[i][head][d] += weight * double(values[j][head / shared][d]);
      }
      for (std::int64_t d = 0; d < vDim; ++d) result[i][head][d] /= sum;
    }
  return out;
}

/// Pulls values to 0 at some taps: of the tokens before `end`, or of all but the newest of every
/// query.
class Shrink final : public CacheTransform {
 public:
  std::map<Tap, std::int64_t> residuals;
  std::int64_t end = 1 << 30;  // of a tap: less its residual
  bool byToken = false;

  [[nodiscard]] bool touches(int layer, Tap tap) const override {
    return layer == 0 && residuals.contains(tap);
  }
  [[nodiscard]] std::int64_t residual(int layer, Tap tap) const override {
    return byToken || !touches(layer, tap) ? 0 : residuals.at(tap);
  }
  [[nodiscard]] at::Tensor apply(int, Tap tap, const at::Tensor& values) const override {
    at::Tensor result = values.clone();
    const std::int64_t tokens = values.size(0);
    const std::int64_t old = byToken ? std::max<std::int64_t>(0, end - residuals.at(tap)) : tokens;
    if (old > 0) result.narrow(0, 0, std::min(old, tokens)).mul_(0.5);
    return result;
  }
};

double distance(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

/// What the first layer gives out, [tokens, hidden].
at::Tensor firstLayer(const CausalLm& model, const std::vector<std::int32_t>& ids,
                      const CacheTransform* transform) {
  const at::Tensor hidden = model.embed(ids);
  model.runLayers(hidden, 0, 1, {.observer = nullptr, .transform = transform, .stop = {}});
  return hidden;
}

}  // namespace

class ResidualTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void attentionMixesCaches_data() {
    QTest::addColumn<int>("window");
    QTest::newRow("all keys") << 0;
    QTest::newRow("a sliding window") << 9;
  }
  void attentionMixesCaches() {
    QFETCH(int, window);
    at::manual_seed(2);
    const std::int64_t tokens = 150;  // more than a block of queries
    const auto cache = [&](std::int64_t newest) {
      return RecentCache{newest, at::randn({tokens, 2, 8}), at::randn({tokens, 2, 6})};
    };
    const at::Tensor q = at::randn({tokens, 4, 8});
    const RecentCache old = cache(0);
    const ScoreRule rule{.scale = 0.4, .softCap = 0, .window = window};
    for (const std::vector<RecentCache>& recent : {std::vector<RecentCache>{},
                                                   {cache(1)},
                                                   {cache(5)},
                                                   {cache(3), cache(12), cache(140)},
                                                   {cache(1000)}}) {
      const at::Tensor out = at::empty({tokens, 4, 6});
      causalAttention(q, old.k, old.v, recent, rule, out, {});
      QVERIFY(distance(out.to(at::kDouble), naive(q, old, recent, rule)) < 1e-5);
    }
  }

  // The newest query of a sequence sees what a cache holds whose oldest tokens are compressed.
  void everyQueryHasItsNewestTokens_data() {
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("taps");
    QTest::newRow("K before RoPE, V") << "qwen2_sliding"
                                      << "k=3 v=7";
    QTest::newRow("K before its bias") << "llama_gqa_bias_llama3"
                                       << "k_prebias=4";
    QTest::newRow("K after RoPE alone") << "llama_mha"
                                        << "k_rope=2";
    QTest::newRow("one keeps none") << "llama_mha"
                                    << "k_rope=0 v=6";
    QTest::newRow("latent and rotary key") << "deepseek_v2_dense"
                                           << "latent=2 k_rope=5";
    QTest::newRow("all of MLA") << "deepseek_v2_qlora_moe"
                                << "latent=6 k_rope=1 k=3 v=9";
  }
  void everyQueryHasItsNewestTokens() {
    QFETCH(QString, folder);
    QFETCH(QString, taps);
    const std::string path = std::string(KVLOUPE_TEST_DATA "/model/") + folder.toStdString();
    const auto model = CausalLm::load(readConfig(path), *openWeights(path), {}, {});
    Shrink shrink;
    for (const QString& part : taps.split(' '))
      shrink.residuals[*tapFromName(part.section('=', 0, 0).toStdString())] =
          part.section('=', 1).toInt();
    std::vector<std::int32_t> ids;
    for (int i = 0; i < 14; ++i) ids.push_back((7 * i + 3) % 31);
    const at::Tensor whole = firstLayer(*model, ids, &shrink);
    QVERIFY(distance(whole, firstLayer(*model, ids, nullptr)) > 1e-3);

    Shrink byToken = shrink;
    byToken.byToken = true;
    for (std::size_t length = 1; length <= ids.size(); ++length) {
      byToken.end = std::int64_t(length);
      const std::vector<std::int32_t> prefix(ids.begin(), ids.begin() + std::ptrdiff_t(length));
      const at::Tensor expected = firstLayer(*model, prefix, &byToken);
      const auto last = std::int64_t(length) - 1;
      QVERIFY(distance(whole[last], expected[last]) < 1e-5);
    }
  }
};

QTEST_APPLESS_MAIN(ResidualTest)
#include "residual_test.moc"
