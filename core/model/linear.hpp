// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <stop_token>

#include "model/workspace.hpp"

namespace kvloupe {

/// Rows that one matrix product handles before `stop` is looked at again.
inline constexpr std::int64_t kRowBlock = 512;

/// y = x W^T + b, y and x in float32; x may also be rounded already, in the weight's type.
struct Linear {
  at::Tensor weight;         // [out, in], float32 or bfloat16
  at::Tensor bias;           // [out], or undefined
  bool roundsInput = false;  // to bfloat16, whatever type the weight is kept in

  /// y [rows, out] = x [rows, in] W^T, without the bias. Throws Cancelled.
  void multiply(const at::Tensor& x, const at::Tensor& y, Workspace& workspace,
                const std::stop_token& stop) const;

  /// y [rows, out] = x [rows, in] W^T + b. Throws Cancelled.
  void project(const at::Tensor& x, const at::Tensor& y, Workspace& workspace,
               const std::stop_token& stop) const;

  /// y [rows, out] += x [rows, in] W^T + b. Throws Cancelled.
  void accumulate(const at::Tensor& x, const at::Tensor& y, Workspace& workspace,
                  const std::stop_token& stop) const;

  /// y [rows, out] += b, where there is a bias.
  void addBias(const at::Tensor& y) const;
};

}  // namespace kvloupe
