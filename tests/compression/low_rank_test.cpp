// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/low_rank.hpp"

#include <ATen/ATen.h>

#include <Eigen/Eigenvalues>
#include <QtTest>
#include <random>
#include <vector>

#include "analysis/fixture.hpp"
#include "common/error.hpp"

using namespace kvloupe;
using nlohmann::json;

namespace {

at::Tensor tensor(const json& values, const json& shape) {
  const auto numbers = values.get<std::vector<double>>();
  return at::tensor(numbers, at::kDouble).to(at::kFloat).reshape(shape.get<std::vector<int64_t>>());
}

std::span<const float> span(const at::Tensor& values) {
  return {values.data_ptr<float>(), static_cast<std::size_t>(values.numel())};
}

struct Fixture {
  json file = readFixture("low_rank.json");
  at::Tensor values = tensor(file["values"], file["shape"]);
  at::Tensor fresh = tensor(file["fresh"], file["fresh_shape"]);
  Moments moments{static_cast<int>(values.size(1)), static_cast<int>(values.size(2)), 1, true};

  Fixture() { moments.add(span(values), values.size(0), 0); }
};

double worst(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>() / b.abs().max().item<double>();
}

at::Tensor reconstructed(const LowRankMap& map, const at::Tensor& values) {
  return decode(map, encode(map, values), values.sizes());
}

// Values [tokens, heads, dim] that lie in `rank` dimensions about a mean, head by head.
at::Tensor lowDimensional(int tokens, int heads, int dim, int rank) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  const auto draw = [&](at::IntArrayRef shape) {
    at::Tensor t = at::empty(shape, at::kFloat);
    for (int64_t i = 0; i < t.numel(); ++i) t.data_ptr<float>()[i] = normal(random);
    return t;
  };
  const at::Tensor coefficients = draw({heads, tokens, rank});
  const at::Tensor values = at::bmm(coefficients, draw({heads, rank, dim})) + draw({heads, 1, dim});
  return values.transpose(0, 1).contiguous();
}

}  // namespace

class LowRankTest : public QObject {
  Q_OBJECT
 private slots:
  void agreesWithNumpy() {
    const Fixture fixture;
    const at::Tensor head = reconstructed(
        fitPca(fixture.moments, Scope::Head).truncated(fixture.file["head_rank"]), fixture.fresh);
    const at::Tensor layer = reconstructed(
        fitPca(fixture.moments, Scope::Layer).truncated(fixture.file["layer_rank"]), fixture.fresh);
    QVERIFY(head.is_contiguous() && layer.is_contiguous());
    QVERIFY(worst(head, tensor(fixture.file["head"], fixture.file["fresh_shape"])) < 1e-6);
    QVERIFY(worst(layer, tensor(fixture.file["layer"], fixture.file["fresh_shape"])) < 1e-6);
    QVERIFY(worst(head, fixture.fresh) > 0.01);
  }

  void fullRankReconstructs() {
    const Fixture fixture;
    for (const Scope scope : {Scope::Head, Scope::Layer})
      QVERIFY(worst(reconstructed(fitPca(fixture.moments, scope), fixture.fresh), fixture.fresh) <
              1e-6);
  }

  // 128 dimensions go through LAPACK.
  void keepsWhatLiesInItsRank() {
    const at::Tensor values = lowDimensional(400, 2, 128, 5);
    Moments moments(2, 128, 1);
    moments.add(span(values), 400, 0);
    const LowRankMap full = fitPca(moments, Scope::Head);
    QVERIFY(worst(reconstructed(full.truncated(5), values), values) < 1e-5);
    QVERIFY(worst(reconstructed(full.truncated(4), values), values) > 1e-2);
    const at::Tensor gram = at::bmm(full.encode.transpose(1, 2), full.encode);
    QVERIFY((gram - at::eye(128)).abs().max().item<double>() < 1e-5);
  }

  // The error left is the sum of the eigenvalues cut off, on the calibration text itself.
  void errorIsTheTailOfTheSpectrum() {
    const Fixture fixture;
    const at::Tensor kept =
        reconstructed(fitPca(fixture.moments, Scope::Layer).truncated(4), fixture.values);
    const double error = (kept - fixture.values).to(at::kDouble).square().sum().item<double>();
    const Eigen::MatrixXd covariance = fixture.moments.joined()->covariance();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
    const double tail = solver.eigenvalues().head(covariance.rows() - 4).sum();
    QVERIFY(close(error / (double(fixture.values.size(0)) - 1), tail, 1e-5));
  }

  void refusesWhatCannotBe() {
    const Fixture fixture;
    const LowRankMap full = fitPca(fixture.moments, Scope::Head);
    QVERIFY_EXCEPTION_THROWN((void)full.truncated(0), Error);
    QVERIFY_EXCEPTION_THROWN((void)full.truncated(6), Error);
    QVERIFY_EXCEPTION_THROWN((void)encode(full, at::zeros({3, 2, 4})), Error);
    QVERIFY_EXCEPTION_THROWN((void)fitPca(Moments(2, 5, 1), Scope::Layer), Error);
    try {
      (void)fitPca(Moments(2, 5, 1), Scope::Head);
      QFAIL("a basis of no tokens");
    } catch (const Error& error) {
      QCOMPARE(error.code(), ErrorCode::Unsupported);
    }
  }
};

QTEST_APPLESS_MAIN(LowRankTest)
#include "low_rank_test.moc"
