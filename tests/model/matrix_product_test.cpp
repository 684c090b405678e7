// SPDX-License-Identifier: GPL-3.0-or-later
// Products in both types against float64, and the rounding to bfloat16 against libtorch's.
#include "model/matrix_product.hpp"

#include <ATen/ATen.h>

#include <QtTest>
#include <array>
#include <vector>

#include "model/backend.hpp"

using namespace kvloupe;

namespace {

double distance(const at::Tensor& a, const at::Tensor& wanted) {
  const at::Tensor wide = wanted.to(at::kDouble);
  return ((a.to(at::kDouble) - wide).abs().max() / wide.abs().max()).item<double>();
}

}  // namespace

class MatrixProductTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { backend::useAllCores(); }
  void init() { at::manual_seed(3); }

  void agreesWithFloat64_data() {
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("in");
    QTest::addColumn<int>("out");
    QTest::addColumn<bool>("narrow");
    constexpr std::array<std::array<int, 3>, 5> kShapes = {
        {{1, 1, 1}, {1, 64, 300}, {3, 5, 2}, {130, 77, 65}, {512, 96, 40}}};
    for (const bool narrow : {false, true})
      for (const auto& [rows, in, out] : kShapes)
        QTest::addRow("%d x %d by %d %s", rows, in, out, narrow ? "bfloat16" : "float32")
            << rows << in << out << narrow;
  }
  void agreesWithFloat64() {
    QFETCH(int, rows);
    QFETCH(int, in);
    QFETCH(int, out);
    QFETCH(bool, narrow);
    if (narrow && bfloat16Speed() == 0) QSKIP("this computer has no products of bfloat16");
    const at::ScalarType type = narrow ? at::kBFloat16 : at::kFloat;
    // Rows stand apart, as those of one head or of a chunk of the vocabulary do.
    const at::Tensor x = at::randn({rows, in + 3}).to(type).narrow(1, 1, in);
    const at::Tensor weight = at::randn({out, in}).to(type);
    const at::Tensor wide = at::full({rows, out + 5}, 7.0f);
    const at::Tensor y = wide.narrow(1, 2, out);
    const at::Tensor wanted = at::mm(x.to(at::kDouble), weight.to(at::kDouble).t());
    multiplyInto(y, x, weight);
    QVERIFY2(distance(y, wanted) < 1e-5, qPrintable(QString::number(distance(y, wanted))));
    accumulateInto(y, x, weight);
    QVERIFY(distance(y, 2 * wanted) < 1e-5);
    // Nothing beside y is touched.
    QVERIFY(at::equal(wide.narrow(1, 0, 2), at::full({rows, 2}, 7.0f)));
    QVERIFY(at::equal(wide.narrow(1, out + 2, 3), at::full({rows, 3}, 7.0f)));
  }

  void noRowsAreNoProduct() {
    const at::Tensor y = at::empty({0, 4}, at::kFloat);
    multiplyInto(y, at::empty({0, 3}, at::kFloat), at::ones({4, 3}));
    QCOMPARE(y.size(0), std::int64_t(0));
  }

  void roundsToNearestTiesToEven() {
    // Every sign and exponent, with the lower half of the bits at, below and above a tie.
    std::vector<float> values;
    for (std::uint32_t upper = 0; upper < 0x10000; upper += 7)
      for (const std::uint32_t lower : {0x0000u, 0x0001u, 0x7fffu, 0x8000u, 0x8001u, 0xffffu})
        values.push_back(__builtin_bit_cast(float, upper << 16 | lower));
    const std::int64_t count = static_cast<std::int64_t>(values.size());
    const at::Tensor x = at::from_blob(values.data(), {1, count}, at::kFloat);
    const at::Tensor narrow = at::empty({1, count}, at::kBFloat16);
    const at::Tensor wide = at::empty({1, count}, at::kFloat);
    roundToBfloat16(x, narrow);
    roundToBfloat16(x, wide);
    const at::Tensor wanted = x.to(at::kBFloat16).to(at::kFloat);
    QVERIFY(at::equal(at::isnan(wide), at::isnan(x)));
    QVERIFY(at::allclose(wide, wanted, 0, 0, /*equal_nan=*/true));
    QVERIFY(at::allclose(narrow.to(at::kFloat), wanted, 0, 0, /*equal_nan=*/true));
  }
};

QTEST_GUILESS_MAIN(MatrixProductTest)
#include "matrix_product_test.moc"
