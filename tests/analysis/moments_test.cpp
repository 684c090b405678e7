// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/moments.hpp"

#include <QtTest>
#include <limits>
#include <span>
#include <vector>

#include "analysis/fixture.hpp"
#include "common/error.hpp"

using namespace kvloupe;
using nlohmann::json;

namespace {

struct Case {
  int tokens, heads, dim;
  std::vector<float> values;
  json expected;

  explicit Case(const std::string& name) {
    const json all = readFixture("moments.json")[name];
    tokens = all["shape"][0];
    heads = all["shape"][1];
    dim = all["shape"][2];
    values = all["values"].get<std::vector<float>>();
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    for (const std::size_t i : all["nan"]) values[i] = std::numeric_limits<float>::quiet_NaN();
    for (const std::size_t i : all["positive_infinity"]) values[i] = kInfinity;
    for (const std::size_t i : all["negative_infinity"]) values[i] = -kInfinity;
    expected = all["expected"];
  }

  [[nodiscard]] std::span<const float> rows(int first, int last) const {
    const auto width = static_cast<std::size_t>(heads * dim);
    return std::span(values).subspan(static_cast<std::size_t>(first) * width,
                                     static_cast<std::size_t>(last - first) * width);
  }

  /// Rows first..last as windows of `window` tokens that begin at multiples of it.
  [[nodiscard]] Moments moments(int first, int last, int window = 30) const {
    Moments result(heads, dim, (tokens + window - 1) / window, true);
    for (int begin = first; begin < last;) {
      const int end = std::min(last, (begin / window + 1) * window);
      result.add(rows(begin, end), end - begin, begin / window);
      begin = end;
    }
    return result;
  }
};

// Against the largest entry: an off-diagonal one may be next to 0 by cancellation.
void compareMatrix(const Eigen::MatrixXd& actual, const json& expected, double relative) {
  QCOMPARE(static_cast<std::size_t>(actual.rows()), expected.size());
  for (Eigen::Index i = 0; i < actual.rows(); ++i)
    for (Eigen::Index j = 0; j < actual.cols(); ++j) {
      const double wanted = expected[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
      const double scale = actual.cwiseAbs().maxCoeff();
      QVERIFY2(std::abs(actual(i, j) - wanted) <= relative * scale,
               qPrintable(QString("[%1, %2]: %3, expected %4")
                              .arg(i)
                              .arg(j)
                              .arg(actual(i, j), 0, 'g', 17)
                              .arg(wanted, 0, 'g', 17)));
    }
}

void compareAll(const Moments& moments, const Case& reference) {
  constexpr double kRelative = 1e-9;
  const DimensionMoments total = moments.total();
  QCOMPARE(moments.tokens(), std::int64_t{reference.tokens});
  for (int h = 0; h < reference.heads; ++h) {
    const auto head = static_cast<std::size_t>(h);
    for (int d = 0; d < reference.dim; ++d) {
      const auto dim = static_cast<std::size_t>(d);
      const Eigen::Index at = h * reference.dim + d;
      const auto expected = [&](const char* what) -> const json& {
        return reference.expected[what][head][dim];
      };
      QVERIFY(close(total.mean(at, 0), expected("mean"), kRelative));
      const double sigma = std::sqrt(total.m2(at, 0) / (total.count(at, 0) - 1));
      QVERIFY2(close(sigma, expected("sigma"), kRelative),
               qPrintable(QString("%1").arg(sigma, 0, 'g', 17)));
      QCOMPARE(static_cast<double>(moments.min()(at)), expected("min").get<double>());
      QCOMPARE(static_cast<double>(moments.max()(at)), expected("max").get<double>());
      QCOMPARE(moments.nonfinite()[static_cast<std::size_t>(at)],
               expected("nonfinite").get<std::int64_t>());
    }
    compareMatrix(moments.head(h).covariance(), reference.expected["covariance"][head], kRelative);
  }
  compareMatrix(moments.joined()->covariance(), reference.expected["joined_covariance"], kRelative);
}

}  // namespace

class MomentsTest : public QObject {
  Q_OBJECT
 private slots:
  void agreesWithNumpy_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("window");
    for (const QString name : {"plain", "large_mean", "nonfinite"})
      for (const int window : {1, 30, 300})
        QTest::newRow(qPrintable(QString("%1, windows of %2").arg(name).arg(window)))
            << name << window;
  }
  void agreesWithNumpy() {
    QFETCH(QString, name);
    QFETCH(int, window);
    const Case reference(name.toStdString());
    compareAll(reference.moments(0, reference.tokens, window), reference);
  }

  void halvesMergeToTheWhole_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"plain", "large_mean", "nonfinite"}) QTest::newRow(name) << name;
  }
  void halvesMergeToTheWhole() {
    QFETCH(QString, name);
    const Case reference(name.toStdString());
    for (const int cut : {0, 1, 137, reference.tokens}) {
      Moments merged = reference.moments(0, cut);
      merged.merge(reference.moments(cut, reference.tokens));
      compareAll(merged, reference);
      const Moments whole = reference.moments(0, reference.tokens);
      QVERIFY((merged.groups().count == whole.groups().count).all());
      QVERIFY(merged.groups().mean.isApprox(whole.groups().mean, 1e-12));
      QVERIFY(merged.groups().m2.isApprox(whole.groups().m2, 1e-9));
    }
  }

  // Far from the first half's mean: what a mean kept from the first tokens would spoil.
  void halvesWithDistantMeansMerge() {
    std::vector<float> low, high;
    for (int i = 0; i < 64; ++i) {
      low.push_back(static_cast<float>(i % 4) / 4);
      high.push_back(65536 + static_cast<float>(i % 8) / 8);
    }
    Moments moments(1, 1, 2);
    moments.add(low, 64, 0);
    moments.add(high, 64, 1);
    // By hand: within the halves 64 * 5/64 and 64 * 21/256, between them 32 * distance^2.
    const double distance = 65536 + 7.0 / 16 - 3.0 / 8;
    QVERIFY(close(moments.total().m2(0, 0), 5 + 5.25 + 32 * distance * distance, 1e-14));
    QVERIFY(close(moments.head(0).covariance()(0, 0) * 127, moments.total().m2(0, 0), 1e-14));
    QVERIFY(close(moments.groups().m2(0, 1), 5.25, 1e-14));
  }

  void windowsAreDealtToGroups() {
    Moments moments(1, 1, 45);
    QCOMPARE(moments.groups().count.cols(), Eigen::Index{20});
    for (int window = 0; window < 45; ++window)
      moments.add(std::vector<float>(3, static_cast<float>(window)), 3, window);
    QCOMPARE(moments.groups().count(0, 4), 9.0);  // windows 4, 24, 44
    QCOMPARE(moments.groups().mean(0, 4), 24.0);
    QCOMPARE(moments.groups().count(0, 5), 6.0);  // windows 5, 25
    QCOMPARE(moments.groups().mean(0, 5), 15.0);
  }

  void nothingFiniteCountsNothing() {
    Moments moments(1, 2, 1);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    moments.add(std::vector<float>{1, nan, 2, nan}, 2, 0);
    const DimensionMoments total = moments.total();
    QCOMPARE(total.count(0, 0), 2.0);
    QCOMPARE(total.count(1, 0), 0.0);
    QCOMPARE(moments.head(0).count(), std::int64_t{0});
    QVERIFY(moments.head(0).covariance().isZero(0));
    QVERIFY(std::isinf(moments.min()(1)));
  }

  void refusesWhatDoesNotFit() {
    Moments moments(2, 3, 10);
    const std::vector<float> values(11);
    QVERIFY_EXCEPTION_THROWN(moments.add(values, 2, 0), Error);
    QVERIFY_EXCEPTION_THROWN(moments.merge(Moments(3, 2, 10)), Error);
    QVERIFY_EXCEPTION_THROWN(moments.merge(Moments(2, 3, 11)), Error);
    QVERIFY_EXCEPTION_THROWN(moments.merge(Moments(2, 3, 10, true)), Error);
  }
};

QTEST_APPLESS_MAIN(MomentsTest)
#include "moments_test.moc"
