// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/kernels.hpp"

#include <cmath>
#include <limits>

#include "common/vectorised.hpp"

namespace kvloupe::kernels {

namespace {

/// exp(x) within 2 units in the last place, without branches, NaN kept: 2^n times a polynomial of
/// the rest (Cephes, expf). Beyond the range of normal numbers it stays at the range's end.
/// std::bit_cast would be a call in the clones, and no call is vectorised.
[[gnu::always_inline]] inline float fastExp(float x) {
  constexpr float kLowest = -87.33654f, kHighest = 88.02969f;
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  x = x < kLowest ? kLowest : x;
  x = x > kHighest ? kHighest : x;
  const float shifted = x * 1.44269504088896341f + kRound;
  const float n = shifted - kRound;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const std::uint32_t exponent = __builtin_bit_cast(std::uint32_t, shifted) << 23;
  return __builtin_bit_cast(float, __builtin_bit_cast(std::uint32_t, p) + exponent);
}

/// The bits of x rounded to bfloat16, in the upper half.
[[gnu::always_inline]] inline std::uint32_t bfloat16Bits(float x) {
  const std::uint32_t bits = __builtin_bit_cast(std::uint32_t, x);
  const std::uint32_t rounded = bits + 0x7fffu + ((bits >> 16) & 1u);
  return x == x ? rounded : bits | 0x00400000u;  // NaN
}

}  // namespace

KVLOUPE_VECTORISED
void rmsNorm(const float* x, std::int64_t xStride, const float* weight, float eps, float* y,
             std::int64_t yStride, std::int64_t rows, std::int64_t columns) {
  for (std::int64_t row = 0; row < rows; ++row) {
    const float* in = x + row * xStride;
    float* out = y + row * yStride;
    float squares = 0;
#pragma omp simd reduction(+ : squares)
    for (std::int64_t i = 0; i < columns; ++i) squares += in[i] * in[i];
    const float scale = 1.0f / std::sqrt(squares / static_cast<float>(columns) + eps);
#pragma omp simd
    for (std::int64_t i = 0; i < columns; ++i) out[i] = in[i] * scale * weight[i];
  }
}

KVLOUPE_VECTORISED
void layerNorm(const float* x, std::int64_t xStride, const float* weight, const float* bias,
               float eps, float* y, std::int64_t yStride, std::int64_t rows, std::int64_t columns) {
  const float count = static_cast<float>(columns);
  for (std::int64_t row = 0; row < rows; ++row) {
    const float* in = x + row * xStride;
    float* out = y + row * yStride;
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < columns; ++i) sum += in[i];
    const float mean = sum / count;
    float squares = 0;
#pragma omp simd reduction(+ : squares)
    for (std::int64_t i = 0; i < columns; ++i) squares += (in[i] - mean) * (in[i] - mean);
    const float scale = 1.0f / std::sqrt(squares / count + eps);
#pragma omp simd
    for (std::int64_t i = 0; i < columns; ++i)
      out[i] = (in[i] - mean) * scale * weight[i] + bias[i];
  }
}

KVLOUPE_VECTORISED
void swiGlu(const float* gateUp, float* out, std::int64_t rows, std::int64_t columns) {
  for (std::int64_t row = 0; row < rows; ++row) {
    const float* gate = gateUp + row * 2 * columns;
    const float* up = gate + columns;
    float* y = out + row * columns;
#pragma omp simd
    for (std::int64_t i = 0; i < columns; ++i) {
      const float g = gate[i];
      y[i] = g / (1.0f + fastExp(-g)) * up[i];
    }
  }
}

KVLOUPE_VECTORISED
void swiGluBfloat16(const float* gateUp, std::uint16_t* out, std::int64_t rows,
                    std::int64_t columns) {
  for (std::int64_t row = 0; row < rows; ++row) {
    const float* gate = gateUp + row * 2 * columns;
    const float* up = gate + columns;
    std::uint16_t* y = out + row * columns;
#pragma omp simd
    for (std::int64_t i = 0; i < columns; ++i) {
      const float g = gate[i];
      y[i] = static_cast<std::uint16_t>(bfloat16Bits(g / (1.0f + fastExp(-g)) * up[i]) >> 16);
    }
  }
}

KVLOUPE_VECTORISED
void silu(float* x, std::int64_t count) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) x[i] = x[i] / (1.0f + fastExp(-x[i]));
}

KVLOUPE_VECTORISED
void geluTanh(float* x, std::int64_t count) {
  constexpr float kTwice = 2 * 0.79788456080286536f;  // 2 sqrt(2 / pi)
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) {
    const float v = x[i];  // (1 + tanh(u)) / 2 is 1 / (1 + exp(-2u))
    x[i] = v / (1.0f + fastExp(-kTwice * (v + 0.044715f * v * v * v)));
  }
}

void geluErf(float* x, std::int64_t count) {
  constexpr float kRoot = 0.70710678118654752f;  // 1 / sqrt(2)
  for (std::int64_t i = 0; i < count; ++i) x[i] *= 0.5f * (1.0f + std::erf(x[i] * kRoot));
}

KVLOUPE_VECTORISED
void quickGelu(float* x, std::int64_t count) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) x[i] = x[i] / (1.0f + fastExp(-1.702f * x[i]));
}

void relu(float* x, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i)
    if (x[i] < 0) x[i] = 0;  // what is no number stays so
}

KVLOUPE_VECTORISED
void multiply(float* x, const float* y, std::int64_t count) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) x[i] *= y[i];
}

KVLOUPE_VECTORISED
void softCap(float* x, std::int64_t count, float scale, float cap) {
  const float twice = 2 * scale / cap;
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i)
    x[i] = cap * (1.0f - 2.0f / (1.0f + fastExp(twice * x[i])));
}

KVLOUPE_VECTORISED
void addBias(float* x, std::int64_t stride, const float* bias, std::int64_t rows,
             std::int64_t columns) {
  for (std::int64_t row = 0; row < rows; ++row) {
    float* y = x + row * stride;
#pragma omp simd
    for (std::int64_t i = 0; i < columns; ++i) y[i] += bias[i];
  }
}

KVLOUPE_VECTORISED
void toBfloat16(const float* x, std::uint16_t* y, std::int64_t count) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i)
    y[i] = static_cast<std::uint16_t>(bfloat16Bits(x[i]) >> 16);
}

KVLOUPE_VECTORISED
void roundToBfloat16(const float* x, float* y, std::int64_t count) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i)
    y[i] = __builtin_bit_cast(float, bfloat16Bits(x[i]) & 0xffff0000u);
}

KVLOUPE_VECTORISED
void addScaled(const float* x, float weight, float* y, std::int64_t count) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) y[i] += weight * x[i];
}

KVLOUPE_VECTORISED
void rotateHalves(float* x, std::int64_t heads, std::int64_t headStride, std::int64_t dim,
                  const float* cosine, const float* sine) {
  const std::int64_t half = dim / 2;
  for (std::int64_t head = 0; head < heads; ++head) {
    float* first = x + head * headStride;
    float* second = first + half;
#pragma omp simd
    for (std::int64_t i = 0; i < half; ++i) {
      const float a = first[i], b = second[i];
      first[i] = a * cosine[i] - b * sine[i];
      second[i] = b * cosine[i] + a * sine[i];
    }
  }
}

KVLOUPE_VECTORISED
void rotateInterleaved(float* x, std::int64_t heads, std::int64_t headStride, std::int64_t dim,
                       const float* cosine, const float* sine) {
  for (std::int64_t head = 0; head < heads; ++head) {
    float* pair = x + head * headStride;
#pragma omp simd
    for (std::int64_t i = 0; i < dim / 2; ++i) {
      const float a = pair[2 * i], b = pair[2 * i + 1];
      pair[2 * i] = a * cosine[i] - b * sine[i];
      pair[2 * i + 1] = b * cosine[i] + a * sine[i];
    }
  }
}

KVLOUPE_VECTORISED
void softmaxSpan(float* row, std::int64_t begin, std::int64_t end, std::int64_t columns,
                 float scale) {
  for (std::int64_t i = 0; i < begin; ++i) row[i] = 0;
  for (std::int64_t i = end; i < columns; ++i) row[i] = 0;
  float largest = -std::numeric_limits<float>::infinity();
#pragma omp simd reduction(max : largest)
  for (std::int64_t i = begin; i < end; ++i) largest = row[i] > largest ? row[i] : largest;
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = begin; i < end; ++i) {
    row[i] = fastExp((row[i] - largest) * scale);
    sum += row[i];
  }
  const float inverse = 1.0f / sum;
#pragma omp simd
  for (std::int64_t i = begin; i < end; ++i) row[i] *= inverse;
}

KVLOUPE_VECTORISED
float maximum(const float* x, std::int64_t count) {
  float largest = -std::numeric_limits<float>::infinity();
#pragma omp simd reduction(max : largest)
  for (std::int64_t i = 0; i < count; ++i) largest = x[i] > largest ? x[i] : largest;
  return largest;
}

KVLOUPE_VECTORISED
float sumExp(const float* x, std::int64_t count, float shift) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < count; ++i) sum += fastExp(x[i] - shift);
  return sum;
}

KVLOUPE_VECTORISED
float sumExpDifference(const float* p, const float* q, std::int64_t count, float shift) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < count; ++i) sum += fastExp(p[i] - shift) * (p[i] - q[i]);
  return sum;
}

}  // namespace kvloupe::kernels
