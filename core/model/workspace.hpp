// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <array>
#include <cstdint>

namespace kvloupe {

/// Buffers that one forward pass uses again in every layer: fresh memory for each product would
/// cost page faults in the middle of the arithmetic.
class Workspace {
 public:
  enum Slot {
    Normed,
    ParallelNormed,
    Branch,
    Projected,
    QueryLatent,
    Queries,
    Keys,
    Expanded,
    Attended,
    GateUp,
    Activated,
    Gathered,
    Routed,
    Rounded,
    NumSlots
  };

  /// Uninitialised [rows, columns], float32 unless told, contiguous. Valid until the slot is taken
  /// again.
  at::Tensor take(Slot slot, std::int64_t rows, std::int64_t columns,
                  at::ScalarType type = at::kFloat) {
    at::Tensor& buffer = buffers_[slot];
    if (!buffer.defined() || buffer.numel() < rows * columns)
      buffer = at::empty({rows * columns}, at::kFloat);
    const at::Tensor all = type == at::kFloat ? buffer : buffer.view(type);
    return all.narrow(0, 0, rows * columns).view({rows, columns});
  }

 private:
  std::array<at::Tensor, NumSlots> buffers_;
};

}  // namespace kvloupe
