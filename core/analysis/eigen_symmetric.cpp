// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/eigen_symmetric.hpp"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <vector>

#include "analysis/lapack.hpp"
#include "common/error.hpp"

namespace kvloupe {
namespace {

constexpr Eigen::Index kLapackFrom = 96;  // below, Eigen is as fast

[[noreturn]] void fail(const Eigen::MatrixXd& matrix, std::string message) {
  throw Error(ErrorCode::Internal,
              {.message = std::move(message),
               .file = {},
               .place = fmt::format("covariance [{}, {}]", matrix.rows(), matrix.cols()),
               .expected = {},
               .found = {},
               .advice = {}});
}

// Ascending values into `values`; on return `matrix` holds the vectors if they were asked for.
bool divideAndConquer(Eigen::MatrixXd& matrix, Eigen::VectorXd& values, bool vectors) {
  const char job = vectors ? 'V' : 'N';
  const char lower = 'L';
  const int n = static_cast<int>(matrix.rows());
  const int query = -1;
  int info = 0;
  int integerSize = 0;
  double size = 0;
  dsyevd_(&job, &lower, &n, matrix.data(), &n, values.data(), &size, &query, &integerSize, &query,
          &info);
  const int workSize = static_cast<int>(size);
  std::vector<double> work(static_cast<std::size_t>(workSize));
  std::vector<int> integerWork(static_cast<std::size_t>(integerSize));
  dsyevd_(&job, &lower, &n, matrix.data(), &n, values.data(), work.data(), &workSize,
          integerWork.data(), &integerSize, &info);
  return info == 0;
}

}  // namespace

SymmetricEigen eigenSymmetric(const Eigen::MatrixXd& matrix, bool vectors) {
  if (!matrix.allFinite()) fail(matrix, "the matrix has entries that are not finite");
  SymmetricEigen result;
  bool converged = true;
  if (matrix.rows() < kLapackFrom) {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
        matrix, vectors ? Eigen::ComputeEigenvectors : Eigen::EigenvaluesOnly);
    converged = solver.info() == Eigen::Success;
    result.values = solver.eigenvalues();
    if (vectors && converged) result.vectors = solver.eigenvectors();
  } else {
    Eigen::MatrixXd work = matrix;
    result.values.resize(matrix.rows());
    converged = divideAndConquer(work, result.values, vectors);
    if (vectors) result.vectors = std::move(work);
  }
  if (!converged) fail(matrix, "the eigenvalue iteration did not converge");
  result.values.reverseInPlace();
  if (!vectors) return result;
  result.vectors.rowwise().reverseInPlace();
  for (Eigen::Index i = 0; i < result.vectors.cols(); ++i) {
    Eigen::Index largest = 0;
    result.vectors.col(i).cwiseAbs().maxCoeff(&largest);
    if (result.vectors(largest, i) < 0) result.vectors.col(i) *= -1;
  }
  return result;
}

}  // namespace kvloupe
