// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/norm.hpp"

#include <ATen/Parallel.h>

#include "model/config/family_traits.hpp"
#include "model/kernels.hpp"

namespace kvloupe {

namespace {

constexpr std::int64_t kRowsPerThread = 16;

}  // namespace

void Norm::forward(const at::Tensor& x, const at::Tensor& y) const {
  const bool perHead = x.dim() == 3;
  const float* in = x.data_ptr<float>();
  float* out = y.data_ptr<float>();
  const float* w = weight.data_ptr<float>();
  const float* b = bias.defined() ? bias.data_ptr<float>() : nullptr;
  const std::int64_t dim = weight.size(0);
  const std::int64_t inRow = x.stride(0), outRow = y.stride(0);
  const std::int64_t heads = perHead ? x.size(1) : 1;
  const std::int64_t inHead = perHead ? x.stride(1) : 0, outHead = perHead ? y.stride(1) : 0;
  at::parallel_for(0, x.size(0), kRowsPerThread, [=, this](std::int64_t begin, std::int64_t end) {
    for (std::int64_t head = 0; head < heads; ++head) {
      const float* from = in + begin * inRow + head * inHead;
      float* to = out + begin * outRow + head * outHead;
      if (b != nullptr)
        kernels::layerNorm(from, inRow, w, b, eps, to, outRow, end - begin, dim);
      else
        kernels::rmsNorm(from, inRow, w, eps, to, outRow, end - begin, dim);
    }
  });
}

Norm loadNorm(const ModelConfig& config, const std::string& module, std::int64_t dim, double eps,
              WeightReader& reader) {
  const FamilyTraits& traits = familyTraits(config.family);
  Norm norm{
      .weight = reader.vector(module + ".weight", dim), .bias = {}, .eps = static_cast<float>(eps)};
  if (traits.layerNorm) norm.bias = reader.vector(module + ".bias", dim);
  if (traits.unitOffsetNorm) norm.weight.add_(1.0);
  return norm;
}

}  // namespace kvloupe
