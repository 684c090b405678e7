// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

namespace kvloupe {

/// Eigenvalues of a covariance, descending; round-off below zero is 0.
[[nodiscard]] std::vector<double> eigenvalues(const Eigen::MatrixXd& covariance);

/// Sum of the first `rank` eigenvalues (descending) over the sum of all; 0 where all are 0.
[[nodiscard]] double energy(std::span<const double> eigenvalues, int rank);

/// Least r with energy(r) >= tau; 0 where all eigenvalues are 0.
[[nodiscard]] int rankForEnergy(std::span<const double> eigenvalues, double tau);

/// (sum l)^2 / sum l^2, between 1 and the number of eigenvalues; 0 where all are 0.
[[nodiscard]] double participationRatio(std::span<const double> eigenvalues);

}  // namespace kvloupe
