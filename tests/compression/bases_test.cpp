// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/ATen.h>

#include <Eigen/Eigenvalues>
#include <QtTest>
#include <span>

#include "compression/error_metric.hpp"
#include "compression/fitted_bases.hpp"
#include "compression/fixture.hpp"
#include "compression/low_rank.hpp"
#include "compression/rotation.hpp"

using namespace kvloupe;
using nlohmann::json;

namespace {

Eigen::MatrixXd square(const json& values) {
  const auto numbers = values.get<std::vector<double>>();
  const auto n = Eigen::Index(std::lround(std::sqrt(double(numbers.size()))));
  return Eigen::Map<const Eigen::MatrixXd>(numbers.data(), n, n).transpose();
}

double worst(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  return (a - b).cwiseAbs().maxCoeff() / b.cwiseAbs().maxCoeff();
}

double worst(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>() / b.abs().max().item<double>();
}

Moments momentsOf(const at::Tensor& values, bool joined = false) {
  Moments moments(int(values.size(1)), int(values.size(2)), 1, joined);
  moments.add({values.data_ptr<float>(), std::size_t(values.numel())}, values.size(0), 0);
  return moments;
}

at::Tensor reconstructed(const LowRankMap& map, const at::Tensor& values) {
  return decode(map, encode(map, values), values.sizes());
}

struct Fixture {
  json file = readFixture("bases.json");
  std::int64_t tokens = file["tokens"], heads = file["heads"], kvHeads = file["kv_heads"],
               dim = file["dim"], hidden = file["hidden"], latent = file["latent"];
  at::Tensor q = fromBits(file["q"], {tokens, heads, dim});
  at::Tensor k = fromBits(file["k"], {tokens, kvHeads, dim});
  at::Tensor fresh = fromBits(file["fresh"], {5, kvHeads, dim});
  at::Tensor output = fromBits(file["output_weight"], {hidden, heads* dim});
  at::Tensor expand = fromBits(file["expand_weight"], {heads * 2 * dim, latent});
  int rank = file["rank"];

  [[nodiscard]] RopeAngles angles(std::int64_t turning, bool interleaved) const {
    const std::int64_t context = file["context"];
    const at::Tensor powers = at::arange(0, turning, 2, at::kDouble) / double(turning);
    const at::Tensor turned =
        at::outer(at::arange(0, context, at::kDouble), at::pow(double(file["theta"]), -powers));
    return {.cosine = turned.cos().to(at::kFloat),
            .sine = turned.sin().to(at::kFloat),
            .interleaved = interleaved};
  }
  [[nodiscard]] std::vector<Eigen::MatrixXd> regularisedQueries() const {
    std::vector<Eigen::MatrixXd> metrics = queryMetric(momentsOf(q), int(kvHeads));
    for (Eigen::MatrixXd& metric : metrics) metric = regularised(metric);
    return metrics;
  }
};

/// Values [tokens, 1, dim] of a covariance that no axis or metric knows.
at::Tensor mixed(std::int64_t tokens, std::int64_t dim) {
  return at::matmul(at::randn({tokens, 1, dim}), at::randn({dim, dim})) + 2;
}

}  // namespace

class BasesTest : public QObject {
  Q_OBJECT
 private slots:
  void metricsAgreeWithNumpy() {
    const Fixture f;
    const auto query = queryMetric(momentsOf(f.q), int(f.kvHeads));
    const auto output = outputMetric(f.output, int(f.heads), int(f.kvHeads));
    QCOMPARE(query.size(), std::size_t(2));
    for (std::size_t g = 0; g < 2; ++g) {
      QVERIFY(worst(query[g], square(f.file["query_metric"][g])) < 1e-9);
      QVERIFY(worst(output[g], square(f.file["output_metric"][g])) < 1e-9);
    }
    QVERIFY(worst(latentQueryMetric(momentsOf(f.q), f.expand),
                  square(f.file["latent_query_metric"])) < 1e-9);
    QVERIFY(worst(latentOutputMetric(f.output, f.expand, int(f.heads)),
                  square(f.file["latent_output_metric"])) < 1e-9);
  }

  void distancesAreAveraged() {
    const Fixture f;
    const Eigen::MatrixXd metric = queryMetric(momentsOf(f.q), int(f.kvHeads)).front();
    const json& expected = f.file["averaged"];
    QVERIFY(worst(averagedOverDistances(metric, f.angles(f.dim, false)),
                  square(expected["halves"])) < 1e-6);
    QVERIFY(worst(averagedOverDistances(metric, f.angles(f.dim, true)), square(expected["pairs"])) <
            1e-6);
    QVERIFY(worst(averagedOverDistances(metric, f.angles(4, false)), square(expected["partial"])) <
            1e-6);
    QVERIFY(worst(metric, square(expected["halves"])) > 1e-2);
    // YaRN's amplitude is the query's and the key's: squared on a side, to the fourth in A^2.
    RopeAngles stretched = f.angles(f.dim, false);
    stretched.cosine = stretched.cosine * 1.1;
    stretched.sine = stretched.sine * 1.1;
    QVERIFY(worst(averagedOverDistances(metric, stretched),
                  std::pow(1.1, 4) * square(expected["halves"])) < 1e-6);
  }

  void weightedBasesAgreeWithNumpy() {
    const Fixture f;
    const Moments moments = momentsOf(f.k, true);
    const at::Tensor head = reconstructed(
        fitWeighted(moments, Scope::Head, f.regularisedQueries()).truncated(f.rank), f.fresh);
    for (std::int64_t g = 0; g < f.kvHeads; ++g) {
      const auto expected = f.file["query_head"][std::size_t(g)].get<std::vector<double>>();
      QVERIFY(worst(head.select(1, g).to(at::kDouble),
                    at::tensor(expected, at::kDouble).view({5, f.dim})) < 1e-5);
    }
    const at::Tensor layer = reconstructed(
        fitWeighted(moments, Scope::Layer, f.regularisedQueries()).truncated(f.rank), f.fresh);
    QVERIFY(worst(layer.to(at::kDouble),
                  at::tensor(f.file["query_layer"].get<std::vector<double>>(), at::kDouble)
                      .view(layer.sizes())) < 1e-5);
  }

  // On the text they are fitted on, no basis leaves less of the error that each is made for.
  void noBasisLeavesLess() {
    at::manual_seed(11);
    const std::int64_t dim = 16, tokens = 400;
    for (int trial = 0; trial < 5; ++trial) {
      const at::Tensor values = mixed(tokens, dim), queries = mixed(tokens, dim);
      const Moments moments = momentsOf(values);
      const Eigen::MatrixXd metric = regularised(queryMetric(momentsOf(queries), 1).front());
      const LowRankMap query = fitWeighted(moments, Scope::Head, {metric});
      const LowRankMap others[] = {fitPca(moments, Scope::Head), fitAxis(moments, Scope::Head),
                                   fitRandom(moments, Scope::Head, std::uint64_t(trial), 0)};
      for (const int rank : {1, 4, 8, 15}) {
        // Squared error of all scores, every query with every key.
        const auto scores = [&](const LowRankMap& map) {
          const at::Tensor error = reconstructed(map.truncated(rank), values) - values;
          return at::matmul(queries.squeeze(1), error.squeeze(1).t()).square().sum().item<double>();
        };
        const auto squared = [&](const LowRankMap& map) {
          return (reconstructed(map.truncated(rank), values) - values)
              .square()
              .sum()
              .item<double>();
        };
        for (const LowRankMap& other : others) QVERIFY(scores(query) < scores(other));
        QVERIFY(scores(others[0]) > 1.02 * scores(query));
        QVERIFY(squared(others[0]) < squared(query));
        QVERIFY(squared(others[0]) < squared(others[1]));
        QVERIFY(squared(others[0]) < squared(others[2]));
      }
    }
  }

  // V's error as the attention output has it: after W_o, whatever the weights of the tokens.
  void outputBasesLeaveLeastOfTheOutput() {
    at::manual_seed(12);
    const std::int64_t dim = 16;
    const at::Tensor values = mixed(300, dim), weight = at::randn({40, 2 * dim});
    const Moments moments = momentsOf(values);
    const LowRankMap output =
        fitWeighted(moments, Scope::Head, {regularised(outputMetric(weight, 2, 1).front())});
    const LowRankMap pca = fitPca(moments, Scope::Head);
    for (const int rank : {2, 8, 14}) {
      const auto error = [&](const LowRankMap& map) {
        const at::Tensor off =
            (reconstructed(map.truncated(rank), values) - values).squeeze(1);  // [tokens, dim]
        double sum = 0;
        for (int h = 0; h < 2; ++h)
          sum += at::matmul(off, weight.narrow(1, h * dim, dim).t()).square().sum().item<double>();
        return sum;
      };
      QVERIFY(error(output) < error(pca));
    }
  }

  void fullRankReconstructs() {
    const Fixture f;
    const Moments moments = momentsOf(f.k, true);
    for (const Scope scope : {Scope::Head, Scope::Layer})
      for (const LowRankMap& map :
           {fitWeighted(moments, scope, f.regularisedQueries()), fitAxis(moments, scope),
            fitRandom(moments, scope, 5, 2), fitPca(moments, scope)})
        QVERIFY(worst(reconstructed(map, f.fresh), f.fresh) < 1e-4);
  }

  void axesKeepTheLargest() {
    at::Tensor values = at::randn({200, 1, 4});
    values.select(2, 1).mul_(9);
    values.select(2, 3).mul_(5);
    const at::Tensor kept =
        reconstructed(fitAxis(momentsOf(values), Scope::Head).truncated(2), values);
    QVERIFY((kept - values).select(2, 1).abs().max().item<double>() < 1e-5);
    QVERIFY((kept - values).select(2, 3).abs().max().item<double>() < 1e-5);
    QVERIFY(kept.select(2, 0).std(0, false, false).max().item<double>() < 1e-5);  // its mean
  }

  void randomIsSeeded() {
    const Fixture f;
    const Moments moments = momentsOf(f.k);
    const at::Tensor one = fitRandom(moments, Scope::Head, 1, 0).encode;
    QVERIFY(one.equal(fitRandom(moments, Scope::Head, 1, 0).encode));
    QVERIFY(!one.equal(fitRandom(moments, Scope::Head, 2, 0).encode));
    QVERIFY(!one.equal(fitRandom(moments, Scope::Head, 1, 1).encode));
    QVERIFY(!one[0].equal(one[1]));
    const Eigen::MatrixXd q = randomOrthogonal(24, 7);
    QVERIFY((q.transpose() * q - Eigen::MatrixXd::Identity(24, 24)).cwiseAbs().maxCoeff() < 1e-12);
  }

  void hadamardInBlocks() {
    const Eigen::MatrixXd h = hadamard(24);  // three blocks of 8
    QVERIFY((h * h - Eigen::MatrixXd::Identity(24, 24)).cwiseAbs().maxCoeff() < 1e-12);
    QCOMPARE(h.block(0, 8, 8, 16).cwiseAbs().maxCoeff(), 0.0);
    QVERIFY((h.block(8, 8, 8, 8).cwiseAbs().array() - 1 / std::sqrt(8.0)).abs().maxCoeff() < 1e-12);
    Eigen::MatrixXd two(2, 2);  // Sylvester's: H_2n is H_n, H_n above H_n, -H_n
    two << 1, 1, 1, -1;
    const Eigen::MatrixXd four = hadamard(4) * 2;
    QCOMPARE((four.block(2, 2, 2, 2) + two).cwiseAbs().maxCoeff(), 0.0);
    QCOMPARE((four.block(0, 2, 2, 2) - two).cwiseAbs().maxCoeff(), 0.0);
  }
};

QTEST_APPLESS_MAIN(BasesTest)
#include "bases_test.moc"
