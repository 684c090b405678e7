// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/spectrum.hpp"

#include <QtTest>
#include <limits>
#include <random>
#include <vector>

#include "analysis/eigen_symmetric.hpp"
#include "analysis/fixture.hpp"
#include "common/error.hpp"

using namespace kvloupe;

namespace {

// Q diag(n, n-1, .., 1) Q^T with Q a product of seeded reflections: its eigenvalues are known.
Eigen::MatrixXd knownSpectrum(Eigen::Index n) {
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  Eigen::MatrixXd matrix = Eigen::VectorXd::LinSpaced(n, double(n), 1).asDiagonal();
  for (int i = 0; i < 3; ++i) {
    const Eigen::VectorXd v =
        Eigen::VectorXd::NullaryExpr(n, [&] { return normal(random); }).normalized();
    const Eigen::MatrixXd reflection = Eigen::MatrixXd::Identity(n, n) - 2 * v * v.transpose();
    matrix = reflection * matrix * reflection;
  }
  return (matrix + matrix.transpose()) / 2;
}

}  // namespace

class SpectrumTest : public QObject {
  Q_OBJECT
 private slots:
  void findsKnownEigenvalues_data() {
    QTest::addColumn<int>("size");
    for (const int size : {1, 2, 20, 64, 95, 96, 130, 200}) QTest::addRow("%d", size) << size;
  }
  void findsKnownEigenvalues() {
    QFETCH(int, size);
    const Eigen::MatrixXd matrix = knownSpectrum(size);
    const SymmetricEigen eigen = eigenSymmetric(matrix, true);
    const std::vector<double> alone = eigenvalues(matrix);
    for (int i = 0; i < size; ++i) {
      QVERIFY(close(eigen.values(i), size - i, 1e-12 * size));
      QVERIFY(close(alone[static_cast<std::size_t>(i)], size - i, 1e-12 * size));
      Eigen::Index largest = 0;
      eigen.vectors.col(i).cwiseAbs().maxCoeff(&largest);
      QVERIFY(eigen.vectors(largest, i) > 0);
    }
    QVERIFY((matrix * eigen.vectors).isApprox(eigen.vectors * eigen.values.asDiagonal(), 1e-11));
    QVERIFY((eigen.vectors.transpose() * eigen.vectors).isIdentity(1e-12));
  }

  void roundOffBelowZeroIsZero() {
    const Eigen::VectorXd one = Eigen::VectorXd::LinSpaced(50, -1, 2);
    const std::vector<double> values = eigenvalues(one * one.transpose());
    QVERIFY(close(values[0], one.squaredNorm(), 1e-12));
    for (std::size_t i = 1; i < values.size(); ++i) QVERIFY(values[i] >= 0 && values[i] < 1e-12);
  }

  void ranksAndParticipation() {
    const std::vector<double> equal(10, 0.3);
    QCOMPARE(rankForEnergy(equal, 0.90), 9);
    QCOMPARE(rankForEnergy(equal, 0.95), 10);
    QVERIFY(close(participationRatio(equal), 10, 1e-14));
    QVERIFY(close(energy(equal, 4), 0.4, 1e-14));

    const std::vector<double> steep = {90, 6, 3.5, 0.5};
    QCOMPARE(rankForEnergy(steep, 0.90), 1);
    QCOMPARE(rankForEnergy(steep, 0.95), 2);
    QCOMPARE(rankForEnergy(steep, 0.99), 3);
    QVERIFY(close(participationRatio(steep), 1e4 / (8100 + 36 + 12.25 + 0.25), 1e-14));
    QCOMPARE(energy(steep, 0), 0.0);
    QCOMPARE(energy(steep, 99), 1.0);
  }

  void noVarianceHasNoRank() {
    const std::vector<double> none(4, 0.0);
    QCOMPARE(rankForEnergy(none, 0.95), 0);
    QCOMPARE(participationRatio(none), 0.0);
    QCOMPARE(energy(none, 2), 0.0);
  }

  void refusesWhatIsNotFinite() {
    Eigen::MatrixXd matrix = Eigen::MatrixXd::Identity(3, 3);
    matrix(1, 2) = std::numeric_limits<double>::quiet_NaN();
    QVERIFY_EXCEPTION_THROWN(eigenvalues(matrix), Error);
  }
};

QTEST_APPLESS_MAIN(SpectrumTest)
#include "spectrum_test.moc"
