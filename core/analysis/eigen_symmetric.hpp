// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Core>

namespace kvloupe {

struct SymmetricEigen {
  Eigen::VectorXd values;   // descending
  Eigen::MatrixXd vectors;  // [n, n], column i belongs to values[i]; empty if not asked for
};

/// Eigenvalues, and vectors if asked for, of a symmetric matrix. LAPACK's divide and conquer
/// (dsyevd) for large matrices, Eigen's QR iteration for small ones. A column's sign is such that
/// its entry of largest magnitude is positive, so that the same matrix gives the same basis.
/// Throws Error Internal where the matrix is not finite or the iteration does not converge.
[[nodiscard]] SymmetricEigen eigenSymmetric(const Eigen::MatrixXd& matrix, bool vectors);

}  // namespace kvloupe
