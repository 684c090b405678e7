// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace kvloupe {

/// What a window contributes to a mean over tokens.
struct WindowSum {
  std::int64_t tokens = 0;
  double sum = 0;
};

struct ClusteredMean {
  double mean = 0;
  std::optional<double> halfWidth;  // of the interval; absent under 3 windows
};

/// Mean over tokens with whole windows as blocks (product.md section 1, "Quality"): with
/// N = sum n_w and m = sum S_w / N, se^2 = W/(W-1) sum (S_w - n_w m)^2 / N^2 and the half width is
/// t_{W-1, (1 + confidence) / 2} se: the linearised variance of a ratio of means, e.g. Cochran,
/// Sampling Techniques, 3rd ed., 6.3. Windows without tokens are no windows.
[[nodiscard]] ClusteredMean clusteredMean(std::span<const WindowSum> windows,
                                          double confidence = 0.95);

}  // namespace kvloupe
