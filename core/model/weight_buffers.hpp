// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <cstddef>
#include <vector>

namespace kvloupe {

/// Memory that weights are read into again and again: one layer takes the same buffers in the same
/// order as the layer before. Fresh memory would be read into at a fraction of the speed.
class WeightBuffers {
 public:
  /// Uninitialised and contiguous. Valid until it is taken again after `reuse`.
  at::Tensor take(at::IntArrayRef shape, at::ScalarType type) {
    std::int64_t bytes = static_cast<std::int64_t>(c10::elementSize(type));
    for (const std::int64_t size : shape) bytes *= size;
    if (next_ == buffers_.size()) buffers_.emplace_back();
    at::Tensor& buffer = buffers_[next_++];
    if (!buffer.defined() || buffer.numel() < bytes) {
      buffer.reset();  // gives the old one back first
      buffer = at::empty({bytes}, at::kByte);
    }
    return buffer.narrow(0, 0, bytes).view(type).view(shape);
  }

  /// Gives up all that was taken.
  void reuse() { next_ = 0; }

 private:
  std::vector<at::Tensor> buffers_;
  std::size_t next_ = 0;
};

/// Those of a model that is streamed: of the layer that is in memory, and of its experts that
/// tokens have gone to.
struct LayerBuffers {
  WeightBuffers layer;
  std::vector<WeightBuffers> experts;
};

}  // namespace kvloupe
