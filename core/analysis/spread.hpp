// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Core>
#include <optional>
#include <span>

#include "analysis/moments.hpp"
#include "types/analysis.hpp"

namespace kvloupe {

/// max sigma / max(min sigma, 1e-8); absent where no sigma is above 0.
[[nodiscard]] std::optional<double> varianceSpread(std::span<const double> sigma);

/// 95th over 5th percentile of sigma; absent where the 5th is 0.
[[nodiscard]] std::optional<double> robustSpread(std::span<const double> sigma);

/// numpy's linear percentile, 0 <= percent <= 100, of at least one value.
[[nodiscard]] double percentile(std::span<const double> values, double percent);

/// log sigma per dimension with one group of windows left out: [dimensions, non-empty groups]. No
/// columns under 8 non-empty groups; NaN where fewer than two values are left.
[[nodiscard]] Eigen::ArrayXXd leaveOneGroupOut(const DimensionMoments& groups);

/// n_eff = 1 / (2 median_d var_jackknife(log sigma_d)): how many independent Gaussian tokens would
/// leave log sigma as uncertain as it is. Absent without columns or without any variance.
[[nodiscard]] std::optional<double> effectiveTokens(
    const Eigen::Ref<const Eigen::ArrayXXd>& leftOut);

/// Spreads of `size` dimensions from `first` on, with noise floors and the jackknife interval of
/// log spread (Student's t, groups - 1 degrees of freedom). `total` is what the groups merge to,
/// `leftOut` what leaveOneGroupOut gives for all dimensions. A spread is told from noise where its
/// excess over 1 is more than twice that of the floor's 97.5 % point, the floor being that of n_eff
/// tokens where n_eff is known.
[[nodiscard]] SpreadStatistics spreadStatistics(const DimensionMoments& total,
                                                const Eigen::ArrayXXd& leftOut, Eigen::Index first,
                                                Eigen::Index size, std::int64_t tokens);

}  // namespace kvloupe
