// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/quantize/rounding.hpp"

#include <cmath>

#include "common/vectorised.hpp"

namespace kvloupe::rounding {
namespace {

[[gnu::always_inline]] inline float clamped(float x, float low, float high) {
  x = x < low ? low : x;
  return x > high ? high : x;
}

[[gnu::always_inline]] inline float roundSymmetric(float x, float scale, float limit) {
  return clamped(std::nearbyint(x / scale), -limit, limit) * scale;
}

[[gnu::always_inline]] inline float roundAsymmetric(float x, float zero, float scale, float limit) {
  return zero + clamped(std::nearbyint((x - zero) / scale), 0, limit) * scale;
}

/// Rounds to a multiple of 2^(e - mantissa), e the exponent of x but at least `least`: numbers with
/// that many bits of mantissa and subnormals below 2^least.
template <int mantissa, int least>
[[gnu::always_inline]] inline float roundFloat(float x, float largest) {
  constexpr std::uint32_t kExponent = 0x7f800000u;
  constexpr std::uint32_t kLeast = static_cast<std::uint32_t>(127 + least) << 23;
  const std::uint32_t own = __builtin_bit_cast(std::uint32_t, x) & kExponent;
  const std::uint32_t exponent = own > kLeast ? own : kLeast;
  const float step =
      __builtin_bit_cast(float, exponent - (static_cast<std::uint32_t>(mantissa) << 23));
  return clamped(std::nearbyint(x / step) * step, -largest, largest);
}

[[gnu::always_inline]] inline float roundE4m3(float x) { return roundFloat<3, -6>(x, 448.0f); }
[[gnu::always_inline]] inline float roundE2m1(float x) { return roundFloat<1, 0>(x, 6.0f); }

}  // namespace

KVLOUPE_VECTORISED
float absMax(const float* x, std::int64_t count) {
  float largest = 0;
#pragma omp simd reduction(max : largest)
  for (std::int64_t i = 0; i < count; ++i) {
    const float magnitude = std::fabs(x[i]);
    largest = magnitude > largest ? magnitude : largest;
  }
  return largest;
}

KVLOUPE_VECTORISED
Range rangeOf(const float* x, std::int64_t count) {
  float low = x[0], high = x[0];
#pragma omp simd reduction(min : low) reduction(max : high)
  for (std::int64_t i = 0; i < count; ++i) {
    low = x[i] < low ? x[i] : low;
    high = x[i] > high ? x[i] : high;
  }
  return {low, high};
}

KVLOUPE_VECTORISED
void columnRanges(const float* x, std::int64_t stride, std::int64_t rows, std::int64_t columns,
                  float* low, float* high) {
  for (std::int64_t i = 0; i < columns; ++i) low[i] = high[i] = x[i];
  for (std::int64_t row = 1; row < rows; ++row) {
    const float* in = x + row * stride;
#pragma omp simd
    for (std::int64_t i = 0; i < columns; ++i) {
      low[i] = in[i] < low[i] ? in[i] : low[i];
      high[i] = in[i] > high[i] ? in[i] : high[i];
    }
  }
}

KVLOUPE_VECTORISED
void symmetric(float* x, std::int64_t count, float scale, float limit) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) x[i] = roundSymmetric(x[i], scale, limit);
}

KVLOUPE_VECTORISED
void asymmetric(float* x, std::int64_t count, float zero, float scale, float limit) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) x[i] = roundAsymmetric(x[i], zero, scale, limit);
}

KVLOUPE_VECTORISED
void symmetric(float* x, std::int64_t count, const float* scale, float limit) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) x[i] = roundSymmetric(x[i], scale[i], limit);
}

KVLOUPE_VECTORISED
void asymmetric(float* x, std::int64_t count, const float* zero, const float* scale, float limit) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) x[i] = roundAsymmetric(x[i], zero[i], scale[i], limit);
}

KVLOUPE_VECTORISED
void e4m3(float* x, std::int64_t count, float scale) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) x[i] = roundE4m3(x[i] / scale) * scale;
}

KVLOUPE_VECTORISED
void e4m3(float* x, std::int64_t count, const float* scale) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) x[i] = roundE4m3(x[i] / scale[i]) * scale[i];
}

float e4m3(float x) { return roundE4m3(x); }

KVLOUPE_VECTORISED
void e2m1(float* x, std::int64_t count, float scale) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) x[i] = roundE2m1(x[i] / scale) * scale;
}

}  // namespace kvloupe::rounding
