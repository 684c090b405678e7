// SPDX-License-Identifier: GPL-3.0-or-later
#include <c10/util/Half.h>

#include <cmath>

#include "common/vectorised.hpp"
#include "compression/quantize/rounding.hpp"

namespace kvloupe::rounding {
namespace {

constexpr int kBlock = 32;

/// As it is read back from the block's header.
float half(float x) { return static_cast<float>(c10::Half(x)); }

float inverse(float scale) { return scale == 0 ? 0.0f : 1.0f / scale; }

/// The first of the values of largest magnitude.
float peak(const float* x) {
  const float largest = absMax(x, kBlock);
  for (int i = 0; i < kBlock; ++i)
    if (std::fabs(x[i]) == largest) return x[i];
  return 0;
}

/// q = trunc((x - low) inverse + shift), clamped to 0..limit; x = (q - centre) scale + zero.
KVLOUPE_VECTORISED
void roundBlock(float* x, float low, float inverseScale, float shift, float limit, float centre,
                float scale, float zero) {
#pragma omp simd
  for (int i = 0; i < kBlock; ++i) {
    float code = std::trunc((x[i] - low) * inverseScale + shift);
    code = code < 0 ? 0 : code;
    code = code > limit ? limit : code;
    x[i] = (code - centre) * scale + zero;
  }
}

/// Codes about a centre, scaled such that the value of largest magnitude gets code 0.
void centred(float* x, float centre) {
  const float scale = peak(x) / -centre;
  roundBlock(x, 0, inverse(scale), centre + 0.5f, 2 * centre - 1, centre, half(scale), 0);
}

/// Codes from the smallest value on.
void fromMinimum(float* x, float limit) {
  const Range range = rangeOf(x, kBlock);
  const float scale = (range.high - range.low) / limit;
  roundBlock(x, range.low, inverse(scale), 0.5f, limit, 0, half(scale), half(range.low));
}

}  // namespace

KVLOUPE_VECTORISED
void q8_0(float* x) {
  const float scale = absMax(x, kBlock) / 127;
  const float inverseScale = inverse(scale), stored = half(scale);
#pragma omp simd
  for (int i = 0; i < kBlock; ++i) {
    const float scaled = std::fabs(x[i] * inverseScale);  // rounded half away from zero
    const float whole = std::floor(scaled);
    const float code = whole + std::floor(2 * (scaled - whole));
    x[i] = std::copysign(code, x[i]) * stored;
  }
}

void q5_1(float* x) { fromMinimum(x, 31); }
void q5_0(float* x) { centred(x, 16); }
void q4_1(float* x) { fromMinimum(x, 15); }
void q4_0(float* x) { centred(x, 8); }

}  // namespace kvloupe::rounding
