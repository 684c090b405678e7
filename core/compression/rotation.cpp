// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/rotation.hpp"

#include <ATen/ops/empty.h>

#include <Eigen/QR>
#include <bit>
#include <cmath>
#include <numbers>
#include <random>

#include "compression/plan/stored_format.hpp"

namespace kvloupe {
namespace {

/// Box and Muller's: std::normal_distribution may differ between standard libraries.
class Normal {
 public:
  explicit Normal(std::uint64_t seed) : random_(seed) {}
  double operator()() {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

 private:
  double uniform() { return (double(random_() >> 11) + 0.5) * 0x1p-53; }
  std::mt19937_64 random_;
};

}  // namespace

Eigen::MatrixXd randomOrthogonal(int n, std::uint64_t seed) {
  Normal normal(seed);
  Eigen::MatrixXd gaussian(n, n);
  for (Eigen::Index column = 0; column < n; ++column)
    for (Eigen::Index row = 0; row < n; ++row) gaussian(row, column) = normal();
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(gaussian);
  Eigen::MatrixXd q = qr.householderQ();
  for (Eigen::Index i = 0; i < n; ++i)
    if (qr.matrixQR()(i, i) < 0) q.col(i) *= -1;
  return q;
}

Eigen::MatrixXd hadamard(int n) {
  const int block = hadamardBlock(n);
  const double magnitude = 1 / std::sqrt(double(block));
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(n, n);
  for (int row = 0; row < n; ++row)
    for (int i = 0; i < block; ++i) {
      const unsigned common = static_cast<unsigned>(row % block) & static_cast<unsigned>(i);
      matrix(row, row / block * block + i) =
          std::popcount(common) % 2 == 0 ? magnitude : -magnitude;
    }
  return matrix;
}

at::Tensor rotationMatrix(Rotation rotation, int n, std::uint64_t seed) {
  if (rotation == Rotation::None) return {};
  at::Tensor matrix = at::empty({n, n}, at::kFloat);
  using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::Map<RowMajor>(matrix.data_ptr<float>(), n, n) =
      (rotation == Rotation::Hadamard ? hadamard(n) : randomOrthogonal(n, seed)).cast<float>();
  return matrix;
}

std::uint64_t seedOf(std::uint64_t seed, int layer, int group) {
  std::uint64_t x = seed + 0x9e3779b97f4a7c15ull * (1 + (static_cast<std::uint64_t>(layer) << 20) +
                                                    static_cast<std::uint64_t>(group));
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

}  // namespace kvloupe
