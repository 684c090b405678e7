// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/linear.hpp"

#include <ATen/Parallel.h>

#include <algorithm>

#include "common/progress.hpp"
#include "model/kernels.hpp"
#include "model/matrix_product.hpp"

namespace kvloupe {

namespace {

constexpr std::int64_t kRowsPerThread = 16;

/// Calls product(y, x) for blocks of rows, x as the weight's type asks for.
template <typename Product>
void byRowBlocks(const Linear& linear, const at::Tensor& x, const at::Tensor& y,
                 Workspace& workspace, const std::stop_token& stop, Product product) {
  for (std::int64_t row = 0; row < x.size(0); row += kRowBlock) {
    throwIfStopped(stop);
    const std::int64_t rows = std::min(kRowBlock, x.size(0) - row);
    at::Tensor in = x.narrow(0, row, rows);
    if (linear.roundsInput && in.scalar_type() == at::kFloat) {
      const at::Tensor rounded =
          workspace.take(Workspace::Rounded, rows, x.size(1), linear.weight.scalar_type());
      roundToBfloat16(in, rounded);
      in = rounded;
    }
    product(y.narrow(0, row, rows), in);  // [rows, out], [rows, in]
  }
}

}  // namespace

void Linear::multiply(const at::Tensor& x, const at::Tensor& y, Workspace& workspace,
                      const std::stop_token& stop) const {
  byRowBlocks(*this, x, y, workspace, stop,
              [&](const at::Tensor& out, const at::Tensor& in) { multiplyInto(out, in, weight); });
}

void Linear::project(const at::Tensor& x, const at::Tensor& y, Workspace& workspace,
                     const std::stop_token& stop) const {
  multiply(x, y, workspace, stop);
  addBias(y);
}

void Linear::accumulate(const at::Tensor& x, const at::Tensor& y, Workspace& workspace,
                        const std::stop_token& stop) const {
  byRowBlocks(*this, x, y, workspace, stop, [&](const at::Tensor& out, const at::Tensor& in) {
    accumulateInto(out, in, weight);
  });
  addBias(y);
}

void Linear::addBias(const at::Tensor& y) const {
  if (!bias.defined()) return;
  float* values = y.data_ptr<float>();
  const float* b = bias.data_ptr<float>();
  const std::int64_t stride = y.stride(0), columns = y.size(1);
  at::parallel_for(0, y.size(0), kRowsPerThread, [=](std::int64_t begin, std::int64_t end) {
    kernels::addBias(values + begin * stride, stride, b, end - begin, columns);
  });
}

}  // namespace kvloupe
