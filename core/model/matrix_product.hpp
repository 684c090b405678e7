// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

namespace kvloupe {

/// y [m, n] = x [m, k] W^T, W [n, k]. x and W are both float32 or both bfloat16, y is float32; rows
/// may be apart, their elements not. By oneDNN where libtorch has brought it along: at the shapes
/// of a model and on several threads its products are faster than the BLAS's.
void multiplyInto(const at::Tensor& y, const at::Tensor& x, const at::Tensor& weight);
/// y += x W^T.
void accumulateInto(const at::Tensor& y, const at::Tensor& x, const at::Tensor& weight);

/// Rounds x [m, k], float32, to bfloat16 (to nearest, ties to even): into `out` [m, k], bfloat16 or
/// float32, contiguous.
void roundToBfloat16(const at::Tensor& x, const at::Tensor& out);

/// How many times as fast as float32 products those of bfloat16 are on this CPU, measured once in a
/// few milliseconds at the shape of a projection; 0 where there are none.
[[nodiscard]] double bfloat16Speed();

}  // namespace kvloupe
