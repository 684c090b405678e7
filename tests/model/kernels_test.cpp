// SPDX-License-Identifier: GPL-3.0-or-later
// The fused loops against libtorch's own operators in float64.
#include "model/kernels.hpp"

#include <ATen/ATen.h>

#include <QtTest>

using namespace kvloupe;

namespace {

double worst(const at::Tensor& found, const at::Tensor& wanted) {
  return ((found.to(at::kDouble) - wanted).abs().max() / wanted.abs().max()).item<double>();
}

}  // namespace

class KernelsTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init() { at::manual_seed(3); }

  void exponentialOverItsWholeRange() {
    // softmax of a single row: exp(x - max) / sum, from 0 down to where float32 ends
    const at::Tensor row = at::linspace(-87, 0, 4001);
    const at::Tensor wanted = at::softmax(row.to(at::kDouble), 0);
    const at::Tensor found = row.clone();
    kernels::softmaxSpan(found.data_ptr<float>(), 0, 4001, 4001, 1.0f);
    QVERIFY(((found.to(at::kDouble) - wanted).abs() / wanted).max().item<double>() < 2e-6);
  }

  void softmaxOfASpan() {
    const at::Tensor row = at::randn({101}) * 5;
    const at::Tensor found = row.clone();
    kernels::softmaxSpan(found.data_ptr<float>(), 7, 90, 101, 0.25f);
    at::Tensor wanted = at::zeros({101}, at::kDouble);
    wanted.narrow(0, 7, 83).copy_(at::softmax(row.narrow(0, 7, 83).to(at::kDouble) * 0.25, 0));
    QVERIFY(worst(found, wanted) < 1e-6);
    QCOMPARE(found.narrow(0, 0, 7).abs().sum().item<float>(), 0.0f);
    QCOMPARE(found.narrow(0, 90, 11).abs().sum().item<float>(), 0.0f);
  }

  void swiGlu() {
    const at::Tensor both = at::randn({5, 2 * 77}) * 10;
    const at::Tensor found = at::empty({5, 77});
    kernels::swiGlu(both.data_ptr<float>(), found.data_ptr<float>(), 5, 77);
    const at::Tensor wide = both.to(at::kDouble);
    QVERIFY(worst(found, at::silu(wide.narrow(1, 0, 77)) * wide.narrow(1, 77, 77)) < 1e-6);
    const at::Tensor rounded = at::empty({5, 77}, at::kBFloat16);
    kernels::swiGluBfloat16(both.data_ptr<float>(), static_cast<std::uint16_t*>(rounded.data_ptr()),
                            5, 77);
    QVERIFY(worst(rounded.to(at::kFloat), found.to(at::kDouble)) < 0x1.01p-9);
  }

  void activations() {
    const at::Tensor x = at::cat({at::linspace(-12, 12, 801), at::tensor({-60.0f, 60.0f})});
    const at::Tensor wide = x.to(at::kDouble);
    const auto applied = [&](void (*kernel)(float*, std::int64_t)) {
      const at::Tensor y = x.clone();
      kernel(y.data_ptr<float>(), y.numel());
      return y;
    };
    QVERIFY(worst(applied(kernels::silu), at::silu(wide)) < 1e-6);
    QVERIFY(worst(applied(kernels::geluErf), at::gelu(wide, "none")) < 1e-6);
    QVERIFY(worst(applied(kernels::geluTanh), at::gelu(wide, "tanh")) < 1e-6);
    QVERIFY(worst(applied(kernels::quickGelu), wide * at::sigmoid(1.702 * wide)) < 1e-6);
    QVERIFY(worst(applied(kernels::relu), at::relu(wide)) < 1e-6);
  }

  void softCap() {
    const at::Tensor x = at::randn({300}) * 100;
    const at::Tensor found = x.clone();
    kernels::softCap(found.data_ptr<float>(), 300, 0.5f, 30.0f);
    QVERIFY(worst(found, 30 * at::tanh(x.to(at::kDouble) * 0.5 / 30)) < 1e-6);
  }

  void layerNorm() {
    const at::Tensor x = at::randn({6, 130}) * 3 + 20, weight = at::randn({130});
    const at::Tensor bias = at::randn({130}), found = at::empty({6, 130});
    kernels::layerNorm(x.data_ptr<float>(), 130, weight.data_ptr<float>(), bias.data_ptr<float>(),
                       1e-3f, found.data_ptr<float>(), 130, 6, 130);
    QVERIFY(worst(found, at::layer_norm(x.to(at::kDouble), {130}, weight.to(at::kDouble),
                                        bias.to(at::kDouble), 1e-3)) < 2e-6);
  }

  void rmsNorm() {
    const at::Tensor x = at::randn({6, 130}) + 2, weight = at::randn({130});
    const at::Tensor found = at::empty({6, 130});
    kernels::rmsNorm(x.data_ptr<float>(), 130, weight.data_ptr<float>(), 1e-3f,
                     found.data_ptr<float>(), 130, 6, 130);
    const at::Tensor wide = x.to(at::kDouble);
    QVERIFY(worst(found, wide * at::rsqrt(wide.pow(2).mean(1, true) + 1e-3) *
                             weight.to(at::kDouble)) < 1e-6);
  }

  void nanIsNotSwallowed() {
    std::vector<float> row(40, 1.0f);
    row[13] = NAN;
    QVERIFY(std::isnan(kernels::sumExp(row.data(), 40, 1.0f)));
  }
};

QTEST_GUILESS_MAIN(KernelsTest)
#include "kernels_test.moc"
