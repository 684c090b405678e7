// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace kvloupe::kernels {

/// The loops between matrix products, fused and vectorised for the CPU found at run time. All are
/// float32 and run on the calling thread; callers split rows among threads. A leading dimension
/// (`...Stride`) counts floats between rows.

/// y = x / sqrt(mean(x^2) + eps) * weight, row by row (Zhang & Sennrich 2019). x and y may be one.
void rmsNorm(const float* x, std::int64_t xStride, const float* weight, float eps, float* y,
             std::int64_t yStride, std::int64_t rows, std::int64_t columns);

/// y = (x - mean(x)) / sqrt(variance(x) + eps) * weight + bias, row by row (Ba et al. 2016).
void layerNorm(const float* x, std::int64_t xStride, const float* weight, const float* bias,
               float eps, float* y, std::int64_t yStride, std::int64_t rows, std::int64_t columns);

/// out = silu(gate) * up; a row of `gateUp` is [gate, up] (Shazeer 2020, SwiGLU).
void swiGlu(const float* gateUp, float* out, std::int64_t rows, std::int64_t columns);
/// The same, rounded to bfloat16.
void swiGluBfloat16(const float* gateUp, std::uint16_t* out, std::int64_t rows,
                    std::int64_t columns);

/// x = silu(x) (Elfwing et al. 2018).
void silu(float* x, std::int64_t count);

/// x = gelu(x) (Hendrycks & Gimpel 2016), by its tanh form, and by erf as it is defined.
void geluTanh(float* x, std::int64_t count);
void geluErf(float* x, std::int64_t count);
/// x = x sigmoid(1.702 x), as quick an approximation (ibid.).
void quickGelu(float* x, std::int64_t count);

/// x = max(x, 0).
void relu(float* x, std::int64_t count);

/// x *= y.
void multiply(float* x, const float* y, std::int64_t count);

/// x = cap tanh(scale x / cap) (Gemma 2).
void softCap(float* x, std::int64_t count, float scale, float cap);

/// x += bias, row by row.
void addBias(float* x, std::int64_t stride, const float* bias, std::int64_t rows,
             std::int64_t columns);

/// Rounds to bfloat16, to nearest, ties to even; NaN stays NaN. The second leaves the values as
/// float32.
void toBfloat16(const float* x, std::uint16_t* y, std::int64_t count);
void roundToBfloat16(const float* x, float* y, std::int64_t count);

/// y += weight * x.
void addScaled(const float* x, float weight, float* y, std::int64_t count);

/// Rotates pairs (x[i], x[i + dim/2]) of every head of one token by the angles whose cosines and
/// sines are given, [dim/2] each (Su et al. 2021, in the order of GPT-NeoX and Llama).
void rotateHalves(float* x, std::int64_t heads, std::int64_t headStride, std::int64_t dim,
                  const float* cosine, const float* sine);

/// The same for pairs (x[2i], x[2i + 1]), the order of DeepSeek-V2.
void rotateInterleaved(float* x, std::int64_t heads, std::int64_t headStride, std::int64_t dim,
                       const float* cosine, const float* sine);

/// row = softmax(scale * row) over columns [begin, end) of a row of `columns`; the others become 0.
void softmaxSpan(float* row, std::int64_t begin, std::int64_t end, std::int64_t columns,
                 float scale);

/// The largest element; NaN is passed over, -inf where there is nothing else.
[[nodiscard]] float maximum(const float* x, std::int64_t count);

/// sum of exp(x - shift).
[[nodiscard]] float sumExp(const float* x, std::int64_t count, float shift);

/// sum of exp(p - shift) * (p - q).
[[nodiscard]] float sumExpDifference(const float* p, const float* q, std::int64_t count,
                                     float shift);

}  // namespace kvloupe::kernels
