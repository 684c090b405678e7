// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/spectrum.hpp"

#include <algorithm>
#include <numeric>

#include "analysis/eigen_symmetric.hpp"

namespace kvloupe {

std::vector<double> eigenvalues(const Eigen::MatrixXd& covariance) {
  const Eigen::VectorXd values = eigenSymmetric(covariance, false).values.cwiseMax(0);
  return {values.begin(), values.end()};
}

double energy(std::span<const double> eigenvalues, int rank) {
  const double all = std::accumulate(eigenvalues.begin(), eigenvalues.end(), 0.0);
  if (!(all > 0)) return 0;
  const auto count = std::min(static_cast<std::size_t>(std::max(rank, 0)), eigenvalues.size());
  const auto kept = eigenvalues.first(count);
  return std::accumulate(kept.begin(), kept.end(), 0.0) / all;
}

int rankForEnergy(std::span<const double> eigenvalues, double tau) {
  const double all = std::accumulate(eigenvalues.begin(), eigenvalues.end(), 0.0);
  if (!(all > 0)) return 0;
  constexpr double kRoundOff = 1e-12;  // nine of ten equal eigenvalues are 0.9 of them
  double sum = 0;
  for (std::size_t r = 0; r < eigenvalues.size(); ++r) {
    sum += eigenvalues[r];
    if (sum >= (tau - kRoundOff) * all) return static_cast<int>(r) + 1;
  }
  return static_cast<int>(eigenvalues.size());
}

double participationRatio(std::span<const double> eigenvalues) {
  double sum = 0, squares = 0;
  for (const double value : eigenvalues) {
    sum += value;
    squares += value * value;
  }
  return squares > 0 ? sum * sum / squares : 0;
}

}  // namespace kvloupe
