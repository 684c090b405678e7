// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/analysis.hpp"

namespace kvloupe {

/// Median and 97.5 % point of max sigma / min sigma over `dims` dimensions of `tokens` independent
/// Gaussian tokens, all of equal variance: sigma^2 ~ chi^2_(tokens-1) / (tokens-1), independent per
/// dimension. `tokens` need not be whole (n_eff). One dimension reads 1; under two tokens anything
/// can be read, and both figures are +infinity.
///
/// With F, f of sigma^2, P(ratio <= r) = d int f(x) [F(x r^2) - F(x)]^(d-1) dx is integrated and
/// inverted at quarter octaves of tokens - 1, which are kept; in between and beyond, log r is
/// interpolated (relative error of the excess over 1 below 1e-5). Thread-safe.
[[nodiscard]] NoiseFloor noiseFloor(int dims, double tokens);

}  // namespace kvloupe
