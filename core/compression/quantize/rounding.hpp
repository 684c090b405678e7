// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace kvloupe::rounding {

// Values become what is read back after they were stored: rounded to a code and widened again, in
// float32, in place. `scale` is not 0.

/// Smallest and largest of `count` values, at least one.
struct Range {
  float low = 0, high = 0;
};
[[nodiscard]] Range rangeOf(const float* x, std::int64_t count);
[[nodiscard]] float absMax(const float* x, std::int64_t count);

/// The same of every column of `rows` rows, `stride` floats apart: low, high [columns].
void columnRanges(const float* x, std::int64_t stride, std::int64_t rows, std::int64_t columns,
                  float* low, float* high);

/// q = round half to even(x / scale), clamped to +-limit; x = q scale.
void symmetric(float* x, std::int64_t count, float scale, float limit);
/// q = round half to even((x - zero) / scale), clamped to 0..limit; x = zero + q scale.
void asymmetric(float* x, std::int64_t count, float zero, float scale, float limit);
/// Scales and zeros of their own for every value: [count].
void symmetric(float* x, std::int64_t count, const float* scale, float limit);
void asymmetric(float* x, std::int64_t count, const float* zero, const float* scale, float limit);

/// OCP E4M3 (no infinities, largest 448): x = e4m3(x / scale) scale, half to even, saturating.
void e4m3(float* x, std::int64_t count, float scale);
void e4m3(float* x, std::int64_t count, const float* scale);
[[nodiscard]] float e4m3(float x);
/// E2M1 (0, 0.5, 1, 1.5, 2, 3, 4, 6 and their negatives), as e4m3.
void e2m1(float* x, std::int64_t count, float scale);

// llama.cpp's blocks of 32 values (quantize_row_q8_0_ref and its like in ggml-quants.c).
void q8_0(float* x);
void q5_1(float* x);
void q5_0(float* x);
void q4_1(float* x);
void q4_0(float* x);

}  // namespace kvloupe::rounding
