// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/plan_transform.hpp"

#include <ATen/ATen.h>

#include <QtTest>

#include "common/error.hpp"
#include "common/progress.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "compression/rotation.hpp"

using namespace kvloupe;

namespace {

constexpr int kTokens = 96;

ModelInfo smallModel() {
  ModelInfo model;
  model.family = "qwen2";
  model.numLayers = 3;
  model.numHeads = 4;
  model.numKvHeads = 2;
  model.headDim = model.vHeadDim = 32;
  model.qkvBias = true;
  return model;
}

/// Calibration values of every tap, and others to compress.
struct Setup {
  ModelInfo model = smallModel();
  at::Tensor seen, values;  // [tokens, 2, 32]
  Moments moments{2, 32, 1, true};
  FittedBases bases{
      {.model = model, .momentsOf = [this](int, Tap) -> const Moments& { return moments; }}};

  Setup() {
    at::manual_seed(5);
    const at::Tensor mix = at::randn({2, 32, 32});
    const auto draw = [&] {
      return (at::bmm(at::randn({2, kTokens, 32}), mix) + 3).transpose(0, 1).contiguous();
    };
    seen = draw();
    values = draw();
    moments.add({seen.data_ptr<float>(), std::size_t(seen.numel())}, kTokens, 0);
  }

  PlanTransform transform(const char* spec) {
    const CompressionSpec parsed = parseSpec(spec);
    PlanTransform result(resolvePlan(std::span(&parsed, 1), model), model, bases);
    TensorRanges ranges(result, bases);
    if (ranges.wanted()) {
      for (int layer = 0; layer < model.numLayers; ++layer)
        for (const Tap tap : {Tap::K, Tap::KRope, Tap::V})
          if (ranges.wants(layer, tap)) ranges.observe(layer, tap, seen);
      ranges.finish();
    }
    return result;
  }
  at::Tensor compressed(const char* spec, Tap tap = Tap::V) {
    return transform(spec).apply(0, tap, values);
  }
};

double error(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).square().mean().sqrt().item<double>();
}

}  // namespace

class PlanTransformTest : public QObject {
  Q_OBJECT
 private slots:
  void touchesWhatItNames() {
    Setup setup;
    PlanTransform transform = setup.transform("k:rank=3,residual=7@2");
    QVERIFY(transform.touches(2, Tap::KRope));
    QVERIFY(!transform.touches(2, Tap::K) && !transform.touches(1, Tap::KRope));
    QVERIFY(!transform.touches(2, Tap::V));
    QCOMPARE(transform.residual(2, Tap::KRope), std::int64_t{7});
    QCOMPARE(transform.residual(1, Tap::KRope), std::int64_t{0});
    QVERIFY(!setup.transform("kv:rank=32,rotate=random,sink=3").touches(0, Tap::V));
  }

  void lowRankIsTheMap() {
    Setup setup;
    const LowRankMap map = fitPca(setup.moments, Scope::Layer).truncated(9);
    QVERIFY(setup.compressed("v:rank=9,scope=layer")
                .equal(decode(map, encode(map, setup.values), setup.values.sizes())));
  }

  void valuesAreQuantizedAsTheyAre() {
    Setup setup;
    const at::Tensor expected = setup.values.clone();
    quantize({.format = Format::Q8_0, .ranges = {}}, expected);
    QVERIFY(setup.compressed("v:format=q8_0").equal(expected));
    QVERIFY(!expected.equal(setup.values));
  }

  void coefficientsAreQuantized() {
    Setup setup;
    const LowRankMap map = fitPca(setup.moments, Scope::Head).truncated(16);
    const at::Tensor coefficients = encode(map, setup.values);
    quantize({.format = Format::Int4, .ranges = {}}, coefficients.transpose(0, 1));
    QVERIFY(setup.compressed("v:rank=16,bits=4")
                .equal(decode(map, coefficients, setup.values.sizes())));
    // Full rank and a format: coefficients, not values.
    QVERIFY(!setup.compressed("v:rank=32,bits=4").equal(setup.compressed("v:bits=4")));
    QVERIFY(error(setup.compressed("v:rank=32,bits=8"), setup.values) < 0.2);
  }

  void rotationsAreUndone() {
    Setup setup;
    for (const char* spec : {"v:bits=8,rotate=hadamard", "v:bits=8,rotate=random,seed=4",
                             "v:rank=32,bits=8,rotate=hadamard"}) {
      const at::Tensor result = setup.compressed(spec);
      QVERIFY(error(result, setup.values) < 0.2);
      QVERIFY(!result.equal(setup.compressed("v:bits=8")));
    }
    const at::Tensor turned =
        at::matmul(setup.values, rotationMatrix(Rotation::Hadamard, 32, 0)).contiguous();
    quantize({.format = Format::Int3, .ranges = {}}, turned);
    const at::Tensor expected = at::matmul(turned, rotationMatrix(Rotation::Hadamard, 32, 0));
    QVERIFY(error(setup.compressed("v:bits=3,rotate=hadamard"), expected) < 1e-5);
    // One large value spoils a token's scale unless it is spread.
    setup.values.select(2, 3).mul_(40);
    QVERIFY(error(setup.compressed("v:bits=4,rotate=hadamard"), setup.values) <
            0.7 * error(setup.compressed("v:bits=4"), setup.values));
    QVERIFY(setup.compressed("v:bits=4,rotate=random,seed=1")
                .equal(setup.compressed("v:bits=4,rotate=random,seed=1")));
    QVERIFY(!setup.compressed("v:bits=4,rotate=random,seed=1")
                 .equal(setup.compressed("v:bits=4,rotate=random,seed=2")));
  }

  void centreIsSubtractedAndAddedBack() {
    Setup setup;
    const at::Tensor mean = meanOf(setup.moments, Scope::Head).view({2, 32});
    const at::Tensor expected = setup.values - mean;
    quantize({.format = Format::Int3, .ranges = {}}, expected);
    QVERIFY(setup.compressed("v:bits=3,centre=1").equal(expected + mean));
    QVERIFY(error(setup.compressed("v:bits=3,centre=1"), setup.values) <
            error(setup.compressed("v:bits=3"), setup.values));
  }

  // Before its bias K is centred on that bias: what is compressed is what the projection gives.
  void prebiasIsCentredOnTheBias() {
    Setup setup;
    const LowRankMap pca = fitPca(setup.moments, Scope::Head).truncated(8);
    const LowRankMap map{
        .mean = at::zeros_like(pca.mean), .encode = pca.encode, .decode = pca.decode};
    QVERIFY(setup.transform("k:rank=8,tap=k_prebias")
                .apply(0, Tap::KPrebias, setup.values)
                .equal(decode(map, encode(map, setup.values), setup.values.sizes())));
    const at::Tensor quantized = setup.values.clone();
    quantize({.format = Format::Int4, .ranges = {}}, quantized);
    QVERIFY(setup.transform("k:bits=4,tap=k_prebias")
                .apply(0, Tap::KPrebias, setup.values)
                .equal(quantized));
  }

  void sinksStay() {
    Setup setup;
    for (const char* spec : {"v:rank=4,sink=5", "v:bits=2,scale=channel,sink=5",
                             "v:bits=2,rotate=hadamard,centre=1,sink=5"}) {
      const at::Tensor result = setup.compressed(spec);
      QVERIFY(result.narrow(0, 0, 5).equal(setup.values.narrow(0, 0, 5)));
      for (std::int64_t token = 5; token < kTokens; ++token)
        QVERIFY(!result[token].equal(setup.values[token]));
    }
    QVERIFY(setup.compressed("v:bits=2,sink=200").equal(setup.values));
  }

  // Scales of a tensor are those of the calibration text: larger values saturate.
  void tensorScalesComeFromTheCalibrationText() {
    Setup setup;
    const double bound = setup.seen.abs().max().item<double>();
    setup.values.mul_(10);
    QVERIFY(setup.values.abs().max().item<double>() > 2 * bound);
    QVERIFY(setup.compressed("v:bits=8,scale=tensor").abs().max().item<double>() <=
            bound * (1 + 1e-6));
    QVERIFY(setup.compressed("v:format=nvfp4").abs().max().item<double>() <= bound * (1 + 1e-6));
    // After a rotation the ranges are those of the rotated text.
    const at::Tensor turned =
        at::matmul(setup.seen, rotationMatrix(Rotation::Hadamard, 32, 0)).abs();
    PlanTransform transform = setup.transform("v:bits=8,scale=tensor,rotate=hadamard");
    const at::Tensor result = at::matmul(transform.apply(0, Tap::V, setup.values),
                                         rotationMatrix(Rotation::Hadamard, 32, 0));
    for (int head = 0; head < 2; ++head) {
      const double own = turned.select(1, head).max().item<double>();
      QVERIFY(std::abs(result.select(1, head).abs().max().item<double>() - own) < 1e-4 * own);
    }
  }

  void rangesAreObservedOnce() {
    Setup setup;
    (void)setup.transform("v:bits=4,scale=tensor");
    const CompressionSpec spec = parseSpec("v:format=uint3,scale=tensor,residual=4@1");
    PlanTransform again(resolvePlan(std::span(&spec, 1), setup.model), setup.model, setup.bases);
    QVERIFY(!TensorRanges(again, setup.bases).wanted());
    const CompressionSpec other = parseSpec("v:bits=4,scale=tensor,rotate=hadamard");
    PlanTransform rotated(resolvePlan(std::span(&other, 1), setup.model), setup.model, setup.bases);
    QVERIFY(TensorRanges(rotated, setup.bases).wanted());
  }

  void valuesPassedInStay() {
    Setup setup;
    const at::Tensor before = setup.values.clone();
    for (const char* spec : {"v:bits=2", "v:rank=4", "v:bits=2,centre=1", "v:format=q4_0,sink=2"})
      (void)setup.compressed(spec);
    QVERIFY(setup.values.equal(before));
  }

  void basesAreDecomposedOnce() {
    Setup setup;
    const auto map = [&](int layer, int rank, Basis basis = Basis::Pca) {
      return setup.bases.map(layer, Target::V, {.tap = Tap::V, .rank = rank, .basis = basis});
    };
    const LowRankMap two = map(0, 2), four = map(0, 4);
    QCOMPARE(two.encode.size(2), int64_t{2});
    QCOMPARE(four.encode.size(2), int64_t{4});
    QVERIFY(two.encode.is_alias_of(four.encode));
    QVERIFY(!two.encode.is_alias_of(map(1, 2).encode));
    QVERIFY(!two.encode.is_alias_of(map(0, 2, Basis::Axis).encode));
    setup.moments.add({setup.values.data_ptr<float>(), std::size_t(setup.values.numel())}, kTokens,
                      0);
    const LowRankMap later = map(0, 2);
    QVERIFY(!later.encode.is_alias_of(two.encode) && !later.mean.equal(two.mean));
  }

  void stopsBetweenDecompositions() {
    Setup setup;
    const CompressionSpec spec = parseSpec("v:rank=3");
    std::stop_source source;
    source.request_stop();
    QVERIFY_EXCEPTION_THROWN(PlanTransform(resolvePlan(std::span(&spec, 1), setup.model),
                                           setup.model, setup.bases, source.get_token()),
                             Cancelled);
  }
};

QTEST_APPLESS_MAIN(PlanTransformTest)
#include "plan_transform_test.moc"
