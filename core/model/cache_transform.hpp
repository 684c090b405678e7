// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "types/tap.hpp"

namespace kvloupe {

/// What a plan does to values before attention reads them.
class CacheTransform {
 public:
  virtual ~CacheTransform() = default;
  [[nodiscard]] virtual bool touches(int layer, Tap tap) const = 0;
  /// `values` [tokens, heads, dim], float32, contiguous; the result has the same shape and type.
  [[nodiscard]] virtual at::Tensor apply(int layer, Tap tap, const at::Tensor& values) const = 0;
  /// Newest tokens, its own among them, that every query sees as if this tap were not touched.
  [[nodiscard]] virtual std::int64_t residual(int /*layer*/, Tap /*tap*/) const { return 0; }
};

}  // namespace kvloupe
