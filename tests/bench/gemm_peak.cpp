// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/gemm_peak.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <ctime>

namespace kvloupe {

double Stopwatch::now() const {
  timespec time{};
  clock_gettime(processorTime_ ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double gemmRate(std::int64_t m, std::int64_t k, std::int64_t n, double seconds) {
  const c10::InferenceMode inference;
  const at::Tensor a = at::randn({m, k}), b = at::randn({n, k});  // as a Linear holds its weight
  at::Tensor c = at::empty({m, n});
  at::mm_out(c, a, b.t());
  const double work =
      2.0 * static_cast<double>(m) * static_cast<double>(k) * static_cast<double>(n);
  double products = 0;
  const Stopwatch whole;
  for (; whole.seconds() < seconds; ++products) at::mm_out(c, a, b.t());
  return products * work / whole.seconds();
}

double gemmPeak(std::int64_t tokens, std::int64_t hidden, std::int64_t inner,
                double secondsPerShape) {
  return std::max({gemmRate(2048, 2048, 2048, secondsPerShape),
                   gemmRate(tokens, hidden, inner, secondsPerShape),
                   gemmRate(tokens, hidden, 2 * inner, secondsPerShape),
                   gemmRate(tokens, inner, hidden, secondsPerShape)});
}

}  // namespace kvloupe
