// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/gemm_peak.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <ctime>

#include "model/matrix_product.hpp"

namespace kvloupe {

double Stopwatch::now() const {
  timespec time{};
  clock_gettime(processorTime_ ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

namespace {

/// Operations a second of calls of `product`, each of which multiplies [m, k] by [k, n].
template <typename Product>
double rateOf(std::int64_t m, std::int64_t k, std::int64_t n, double seconds, Product product) {
  product();
  const double work =
      2.0 * static_cast<double>(m) * static_cast<double>(k) * static_cast<double>(n);
  double products = 0;
  const Stopwatch whole;
  for (; whole.seconds() < seconds; ++products) product();
  return products * work / whole.seconds();
}

double gemmRate(ComputeType type, std::int64_t m, std::int64_t k, std::int64_t n, double seconds) {
  const c10::InferenceMode inference;
  at::Tensor a = at::randn({m, k}), b = at::randn({n, k});  // as a Linear holds its weight
  at::Tensor c = at::empty({m, n});
  if (type == ComputeType::Bfloat16) {
    a = a.to(at::kBFloat16);
    b = b.to(at::kBFloat16);
    return rateOf(m, k, n, seconds, [&] { multiplyInto(c, a, b); });
  }
  return std::max(rateOf(m, k, n, seconds / 2, [&] { multiplyInto(c, a, b); }),
                  rateOf(m, k, n, seconds / 2, [&] { at::mm_out(c, a, b.t()); }));
}

}  // namespace

double gemmPeak(ComputeType type, std::int64_t tokens, std::int64_t hidden, std::int64_t inner,
                double secondsPerShape) {
  return std::max({gemmRate(type, 2048, 2048, 2048, secondsPerShape),
                   gemmRate(type, tokens, hidden, inner, secondsPerShape),
                   gemmRate(type, tokens, hidden, 2 * inner, secondsPerShape),
                   gemmRate(type, tokens, inner, hidden, secondsPerShape)});
}

}  // namespace kvloupe
