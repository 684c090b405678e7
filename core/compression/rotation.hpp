// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <Eigen/Core>
#include <cstdint>

#include "types/plan.hpp"

namespace kvloupe {

/// An orthogonal matrix [n, n], uniformly distributed (Haar): the Q of a Gaussian matrix, its signs
/// such that R has a positive diagonal (Mezzadri 2007). The same seed gives the same matrix.
[[nodiscard]] Eigen::MatrixXd randomOrthogonal(int n, std::uint64_t seed);

/// The orthonormal Walsh-Hadamard matrix [n, n], in blocks of the largest power of two that divides
/// n; it is its own inverse.
[[nodiscard]] Eigen::MatrixXd hadamard(int n);

/// What values [.., n] are multiplied with from the right before they are quantized, float32
/// [n, n]; its transpose undoes it. Undefined where nothing is rotated.
[[nodiscard]] at::Tensor rotationMatrix(Rotation rotation, int n, std::uint64_t seed);

/// One seed for every layer and group of a plan's seed (SplitMix64, Steele et al. 2014).
[[nodiscard]] std::uint64_t seedOf(std::uint64_t seed, int layer, int group);

}  // namespace kvloupe
