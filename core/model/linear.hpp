// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <stop_token>

namespace kvloupe {

/// Rows that one matrix product handles before `stop` is looked at again.
inline constexpr std::int64_t kRowBlock = 512;

/// y = x W^T + b.
struct Linear {
  at::Tensor weight;  // [out, in]
  at::Tensor bias;    // [out], or undefined

  /// y [rows, out] = x [rows, in] W^T, without the bias. Throws Cancelled.
  void multiply(const at::Tensor& x, const at::Tensor& y, const std::stop_token& stop) const;

  /// y [rows, out] = x [rows, in] W^T + b. Throws Cancelled.
  void project(const at::Tensor& x, const at::Tensor& y, const std::stop_token& stop) const;

  /// y [rows, out] += x [rows, in] W^T + b. Throws Cancelled.
  void accumulate(const at::Tensor& x, const at::Tensor& y, const std::stop_token& stop) const;

  /// y [rows, out] += b, where there is a bias.
  void addBias(const at::Tensor& y) const;
};

/// y = x / rms(x) * weight over the last dimension, in float32. x and y [rows, dim] or
/// [tokens, heads, dim], views of any strides whose last is 1; they may be the same.
struct RmsNorm {
  at::Tensor weight;  // [dim]
  float eps = 1e-6f;

  void forward(const at::Tensor& x, const at::Tensor& y) const;
};

}  // namespace kvloupe
