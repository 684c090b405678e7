// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include "model/causal_attention.hpp"
#include "types/tap.hpp"

namespace kvloupe {

/// Sees the values of taps while a sequence runs through the model.
class TapObserver {
 public:
  virtual ~TapObserver() = default;
  [[nodiscard]] virtual bool wants(int layer, Tap tap) const = 0;
  /// `values` [tokens, heads, dim], float32, contiguous, before any compression of that tap. They
  /// are the observer's own: it may keep them.
  virtual void observe(int layer, Tap tap, const at::Tensor& values) = 0;

  [[nodiscard]] virtual bool wantsAttention(int /*layer*/) const { return false; }
  /// What the layer's attention is about to read, after any compression; valid during the call.
  virtual void observeAttention(int /*layer*/, const AttentionInputs& /*inputs*/) {}
};

}  // namespace kvloupe
