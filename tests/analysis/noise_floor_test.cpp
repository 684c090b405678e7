// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/noise_floor.hpp"

#include <QtTest>
#include <cmath>

#include "analysis/fixture.hpp"

using namespace kvloupe;

class NoiseFloorTest : public QObject {
  Q_OBJECT
 private slots:
  void agreesWithScipy() {
    for (const nlohmann::json& row : readFixture("noise_floor.json")) {
      const int dims = row["dims"];
      const NoiseFloor floor = noiseFloor(dims, row["tokens"]);
      const QByteArray place = QByteArray::fromStdString(row.dump());
      // Adaptive quadrature; of the excess over 1.
      QVERIFY2(close(floor.median - 1, row["median"].get<double>() - 1, 1e-5), place);
      QVERIFY2(close(floor.p97_5 - 1, row["p97_5"].get<double>() - 1, 1e-5), place);
      // 40,000 simulated spreads, five standard errors to each side.
      QVERIFY2(floor.median > row["median_bounds"][0] && floor.median < row["median_bounds"][1],
               place);
      QVERIFY2(floor.p97_5 > row["p97_5_bounds"][0] && floor.p97_5 < row["p97_5_bounds"][1], place);
    }
  }

  void publishedFigures() {
    QCOMPARE(std::round(noiseFloor(128, 60).median * 10) / 10, 1.6);
    QCOMPARE(std::round(noiseFloor(128, 256).median * 10) / 10, 1.3);
    QCOMPARE(std::round(noiseFloor(128, 4096).median * 100) / 100, 1.06);
  }

  // Two tokens and two dimensions: the ratio of two half-normals, whose median is 1 + sqrt 2.
  void closedForm() {
    QVERIFY(close(noiseFloor(2, 2).median, 1 + std::sqrt(2.0), 1e-5));
    QVERIFY(close(noiseFloor(2, 2).p97_5, std::tan(std::atan(1.0) * (1 + 0.975)), 1e-5));
  }

  void fallsSmoothlyWithTokens() {
    NoiseFloor before = noiseFloor(64, 2);
    for (double tokens = 2.02; tokens < 2e9; tokens *= 1.01) {
      const NoiseFloor floor = noiseFloor(64, tokens);
      QCOMPARE(floor.tokens, tokens);
      QVERIFY(floor.median > 1 && floor.median < before.median);
      QVERIFY(floor.p97_5 > floor.median && floor.p97_5 < before.p97_5);
      before = floor;
    }
    // Independent normals in the limit: sqrt(2 n) log r is the range of 64 of them.
    const NoiseFloor thousand = noiseFloor(64, 1e6), milliard = noiseFloor(64, 1e9);
    QVERIFY(close(std::log(milliard.median) * std::sqrt(1e9),
                  std::log(thousand.median) * std::sqrt(1e6), 1e-5));
  }

  void edges() {
    QCOMPARE(noiseFloor(1, 5).p97_5, 1.0);
    QCOMPARE(noiseFloor(1, 0).median, 1.0);
    for (const double tokens : {0.0, 1.0, 1.99, std::nan("")}) {
      QVERIFY(std::isinf(noiseFloor(64, tokens).median));
      QVERIFY(std::isinf(noiseFloor(64, tokens).p97_5));
    }
    QVERIFY(noiseFloor(16384, 2).p97_5 > noiseFloor(16384, 2).median);
    QCOMPARE(noiseFloor(64, std::numeric_limits<double>::infinity()).p97_5, 1.0);
  }
};

QTEST_APPLESS_MAIN(NoiseFloorTest)
#include "noise_floor_test.moc"
