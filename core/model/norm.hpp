// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "model/config/model_config.hpp"
#include "model/weight_reader.hpp"

namespace kvloupe {

/// y = x / rms(x) * weight over the last dimension (RMSNorm, Zhang & Sennrich 2019), or where there
/// is a bias y = (x - mean(x)) / deviation(x) * weight + bias (LayerNorm, Ba et al. 2016).
struct Norm {
  at::Tensor weight;  // [dim]
  at::Tensor bias;    // [dim], or undefined
  float eps = 1e-6f;

  /// x and y [rows, dim] or [tokens, heads, dim], views of any strides whose last is 1; they may be
  /// the same.
  void forward(const at::Tensor& x, const at::Tensor& y) const;
};

/// The kind that the family has; `module` is its full name: "model.norm".
[[nodiscard]] Norm loadNorm(const ModelConfig& config, const std::string& module, std::int64_t dim,
                            double eps, WeightReader& reader);

}  // namespace kvloupe
