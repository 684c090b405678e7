// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "types/stored_moments.hpp"

namespace kvloupe {

/// Count, mean and centred sum of squares per dimension, finite values only. Columns of a matrix
/// of them are groups of windows.
struct DimensionMoments {
  Eigen::ArrayXXd count, mean, m2;  // [dimensions, groups]
};

/// Count, mean and centred Gram matrix of the rows that are finite in all dimensions.
class CovarianceMoments {
 public:
  explicit CovarianceMoments(Eigen::Index dimensions);
  /// As they were stored; `covariance` is unbiased.
  CovarianceMoments(std::int64_t count, Eigen::VectorXd mean, const Eigen::MatrixXd& covariance);

  /// Adds `rows` rows whose mean is `blockMean`. `centred` holds row - blockMean, row after row,
  /// `stride` doubles apart.
  void add(const double* centred, Eigen::Index rows, Eigen::Index stride,
           const Eigen::VectorXd& blockMean);
  void merge(const CovarianceMoments& other);

  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] const Eigen::VectorXd& mean() const { return mean_; }
  /// Unbiased covariance [d, d]; zero where fewer than two rows were counted.
  [[nodiscard]] Eigen::MatrixXd covariance() const;

 private:
  void shift(std::int64_t count, const Eigen::VectorXd& mean);

  std::int64_t count_ = 0;
  Eigen::VectorXd mean_;
  Eigen::MatrixXd gram_;  // its lower triangle
};

/// First and second moments of one layer and tap, in float64, over all tokens added. Two halves of
/// a text merge to what one pass gives (Chan, Golub, LeVeque 1983). Every block of rows is centred
/// on its own mean first: means may be large against the spread.
class Moments {
 public:
  /// Values are [tokens, heads, dim]. Windows are dealt out to min(20, plannedWindows) groups, for
  /// the jackknife. `joinedCovariance` keeps the covariance [heads*dim, heads*dim] as well, which
  /// bases of Scope::Layer need.
  Moments(int heads, int dim, int plannedWindows, bool joinedCovariance = false);

  /// As they were stored, without the joined covariance. Throws Error Mismatch where sizes do not
  /// agree.
  explicit Moments(const StoredMoments& stored);
  /// For a file; the joined covariance stays behind.
  [[nodiscard]] StoredMoments stored(int layer, Tap tap) const;

  /// Adds values [tokens, heads, dim] of a window, whose index counts over the whole text. Values
  /// that are not finite are counted and left out; a covariance leaves the token out.
  /// Throws Error Internal where the sizes do not agree.
  void add(std::span<const float> values, std::int64_t tokens, int windowIndex);

  [[nodiscard]] bool sameShape(const Moments& other) const;
  /// Throws Error Mismatch where shapes or groups differ.
  void merge(const Moments& other);

  [[nodiscard]] int heads() const { return heads_; }
  [[nodiscard]] int dim() const { return dim_; }
  [[nodiscard]] std::int64_t tokens() const { return tokens_; }
  /// Dimensions are heads * dim, head after head.
  [[nodiscard]] const DimensionMoments& groups() const { return groups_; }
  /// The groups merged: one column.
  [[nodiscard]] DimensionMoments total() const;
  /// Per dimension, finite values only; +infinity and -infinity where there is none.
  [[nodiscard]] const Eigen::ArrayXf& min() const { return min_; }
  [[nodiscard]] const Eigen::ArrayXf& max() const { return max_; }
  [[nodiscard]] const std::vector<std::int64_t>& nonfinite() const { return nonfinite_; }
  [[nodiscard]] const CovarianceMoments& head(int head) const {
    return covariances_[static_cast<std::size_t>(head)];
  }
  /// Of all heads concatenated; absent unless constructed with it.
  [[nodiscard]] const std::optional<CovarianceMoments>& joined() const { return joined_; }

 private:
  [[nodiscard]] std::string shape() const;
  void addBlock(const float* values, Eigen::Index rows, Eigen::Index group);

  int heads_;
  int dim_;
  std::int64_t tokens_ = 0;
  DimensionMoments groups_;
  Eigen::ArrayXf min_, max_;
  std::vector<std::int64_t> nonfinite_;
  std::vector<CovarianceMoments> covariances_;
  std::optional<CovarianceMoments> joined_;
};

}  // namespace kvloupe
