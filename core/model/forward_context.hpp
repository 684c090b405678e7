// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <stop_token>

#include "model/cache_transform.hpp"
#include "model/tap_observer.hpp"

namespace kvloupe {

/// What accompanies one sequence through the model.
struct ForwardContext {
  TapObserver* observer = nullptr;
  const CacheTransform* transform = nullptr;
  std::stop_token stop;
};

/// Shows a tap's values [tokens, heads, dim] (a view, of any strides) to the observer, and then
/// lets the transform replace them in place.
void passTap(const ForwardContext& context, int layer, Tap tap, const at::Tensor& values);

}  // namespace kvloupe
