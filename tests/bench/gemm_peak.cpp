// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/gemm_peak.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>

namespace kvloupe {

double gemmRate(std::int64_t m, std::int64_t k, std::int64_t n, double seconds) {
  const c10::InferenceMode inference;
  const at::Tensor a = at::randn({m, k}), b = at::randn({n, k});  // as a Linear holds its weight
  at::Tensor c = at::empty({m, n});
  using Clock = std::chrono::steady_clock;
  const auto spent = [](Clock::time_point since) {
    return std::chrono::duration<double>(Clock::now() - since).count();
  };
  at::mm_out(c, a, b.t());
  const double work =
      2.0 * static_cast<double>(m) * static_cast<double>(k) * static_cast<double>(n);
  double best = 0;
  for (const Clock::time_point start = Clock::now(); spent(start) < seconds;) {
    const Clock::time_point one = Clock::now();
    at::mm_out(c, a, b.t());
    best = std::max(best, work / spent(one));
  }
  return best;
}

double gemmPeak(std::int64_t tokens, std::int64_t hidden, std::int64_t inner,
                double secondsPerShape) {
  return std::max({gemmRate(2048, 2048, 2048, secondsPerShape),
                   gemmRate(tokens, hidden, inner, secondsPerShape),
                   gemmRate(tokens, hidden, 2 * inner, secondsPerShape),
                   gemmRate(tokens, inner, hidden, secondsPerShape)});
}

}  // namespace kvloupe
