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

void RmsNorm::forward(const at::Tensor& x, const at::Tensor& y) const {
  const bool perHead = x.dim() == 3;
  const float* in = x.data_ptr<float>();
  float* out = y.data_ptr<float>();
  const float* w = weight.data_ptr<float>();
  const std::int64_t dim = weight.size(0);
  const std::int64_t inRow = x.stride(0), outRow = y.stride(0);
  const std::int64_t heads = perHead ? x.size(1) : 1;
  const std::int64_t inHead = perHead ? x.stride(1) : 0, outHead = perHead ? y.stride(1) : 0;
  at::parallel_for(0, x.size(0), kRowsPerThread, [=, this](std::int64_t begin, std::int64_t end) {
    for (std::int64_t head = 0; head < heads; ++head)
      kernels::rmsNorm(in + begin * inRow + head * inHead, inRow, w, eps,
                       out + begin * outRow + head * outHead, outRow, end - begin, dim);
  });
}

}  // namespace kvloupe
