// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/linear.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/mm.h>

#include <algorithm>

#include "common/progress.hpp"
#include "model/kernels.hpp"

namespace kvloupe {

namespace {

constexpr std::int64_t kRowsPerThread = 16;

template <typename Product>
void byRowBlocks(const at::Tensor& x, const at::Tensor& y, const std::stop_token& stop,
                 Product product) {
  for (std::int64_t row = 0; row < x.size(0); row += kRowBlock) {
    throwIfStopped(stop);
    const std::int64_t rows = std::min(kRowBlock, x.size(0) - row);
    at::Tensor out = y.narrow(0, row, rows);  // [rows, out]
    product(x.narrow(0, row, rows), out);
  }
}

}  // namespace

void Linear::multiply(const at::Tensor& x, const at::Tensor& y, const std::stop_token& stop) const {
  byRowBlocks(x, y, stop,
              [&](const at::Tensor& in, at::Tensor& out) { at::mm_out(out, in, weight.t()); });
}

void Linear::project(const at::Tensor& x, const at::Tensor& y, const std::stop_token& stop) const {
  multiply(x, y, stop);
  addBias(y);
}

void Linear::accumulate(const at::Tensor& x, const at::Tensor& y,
                        const std::stop_token& stop) const {
  byRowBlocks(x, y, stop,
              [&](const at::Tensor& in, at::Tensor& out) { out.addmm_(in, weight.t()); });
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
