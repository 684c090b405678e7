// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/fitted_chain.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/matmul.h>

#include <algorithm>

#include "compression/plan/resolve.hpp"
#include "compression/plan/stored_format.hpp"
#include "compression/rotation.hpp"

namespace kvloupe {

FittedChain::FittedChain(const Chain& chain, int layer, Target target, const ModelInfo& model,
                         FittedBases& bases)
    : chain_(chain), storage_(storageOf(chain)) {
  const ChainShape shape = chainShape(chain, model, target);
  if (chain.rank)
    lowRank_ = bases.map(layer, target, chain);
  else if (chain.centre && chain.tap != Tap::KPrebias)
    mean_ = bases.mean(layer, chain).view({shape.groups, shape.dim});
  // Without a format a rotation and its inverse would only add rounding errors.
  if (chain.format != Format::Bits16)
    rotation_ = rotationMatrix(chain.rotation, shape.stored, seedOf(chain.seed, layer, -1));
  if (hasTensorScale(storage_.format, storage_.scale)) storage_.ranges = bases.ranges(layer, chain);
}

at::Tensor FittedChain::stored(const at::Tensor& values) const {
  at::Tensor result;
  if (lowRank_)
    result = encode(*lowRank_, values).transpose(0, 1);  // [tokens, groups, rank]
  else
    result = mean_.defined() ? values - mean_ : values;  // [tokens, heads, dim]
  if (rotation_.defined()) return at::matmul(result, rotation_);
  return lowRank_ || mean_.defined() ? result : values.clone();
}

at::Tensor FittedChain::apply(const at::Tensor& values) const {
  at::Tensor result = stored(values);
  quantize(storage_, result);
  if (rotation_.defined()) result = at::matmul(result, rotation_.t());
  if (lowRank_)
    result = decode(*lowRank_, result.transpose(0, 1), values.sizes());
  else if (mean_.defined())
    result = result + mean_;
  const std::int64_t kept = std::min<std::int64_t>(chain_.sink, values.size(0));
  if (kept > 0) result.narrow(0, 0, kept).copy_(values.narrow(0, 0, kept));
  return result;
}

std::vector<PlanTensor> FittedChain::tensors(const std::string& prefix) const {
  std::vector<PlanTensor> result;
  const auto add = [&](const char* name, const at::Tensor& values) {
    const at::Tensor own = values.contiguous();
    result.push_back({prefix + name,
                      {own.sizes().begin(), own.sizes().end()},
                      {own.data_ptr<float>(), own.data_ptr<float>() + own.numel()}});
  };
  const auto addScales = [&](const char* name, std::vector<float> values) {
    if (values.empty()) return;
    const auto groups = static_cast<std::int64_t>(values.size());
    result.push_back({prefix + name, {groups}, std::move(values)});
  };
  if (lowRank_) {
    add("mean", lowRank_->mean.squeeze(1));
    add("encode", lowRank_->encode);
    add("decode", lowRank_->decode);
  } else if (mean_.defined()) {
    add("mean", mean_);
  }
  if (rotation_.defined()) add("rotation", rotation_);
  TensorScales scales = tensorScales(storage_);
  addScales("scale", std::move(scales.scale));
  addScales("zero", std::move(scales.zero));
  return result;
}

bool FittedChain::needsRanges() const {
  return hasTensorScale(storage_.format, storage_.scale) && storage_.ranges.empty();
}

void FittedChain::widenRanges(std::vector<rounding::Range>& ranges,
                              const at::Tensor& values) const {
  const at::Tensor result = stored(values).contiguous();  // [tokens, groups, stored]
  const std::int64_t groups = result.size(1), n = result.size(2);
  const float* row = result.data_ptr<float>();
  for (std::int64_t token = 0; token < result.size(0); ++token)
    for (std::int64_t group = 0; group < groups; ++group, row += n) {
      const rounding::Range own = rounding::rangeOf(row, n);
      const auto g = static_cast<std::size_t>(group);
      if (g >= ranges.size()) {
        ranges.push_back(own);
      } else {
        ranges[g].low = std::min(ranges[g].low, own.low);
        ranges[g].high = std::max(ranges[g].high, own.high);
      }
    }
}

}  // namespace kvloupe
