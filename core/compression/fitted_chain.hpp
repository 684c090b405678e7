// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <vector>

#include "compression/fitted_bases.hpp"
#include "compression/quantize/quantize.hpp"
#include "types/plan.hpp"
#include "types/plan_tensor.hpp"

namespace kvloupe {

/// One chain of one layer with all that was fitted for it.
class FittedChain {
 public:
  /// Bases and means come from `bases`; where a scale of a tensor is missing still,
  /// `needsRanges()`.
  FittedChain(const Chain& chain, int layer, Target target, const ModelInfo& model,
              FittedBases& bases);

  [[nodiscard]] const Chain& chain() const { return chain_; }

  /// Values [tokens, heads, dim] as they are read back from the cache; contiguous. The first
  /// `sink` tokens are as they were.
  [[nodiscard]] at::Tensor apply(const at::Tensor& values) const;

  /// Whether scales must still be told the ranges of the calibration text.
  [[nodiscard]] bool needsRanges() const;
  /// Widens `ranges` [groups], or starts them, by what would be stored of `values`
  /// [tokens, heads, dim].
  void widenRanges(std::vector<rounding::Range>& ranges, const at::Tensor& values) const;
  void setRanges(std::vector<rounding::Range> ranges) { storage_.ranges = std::move(ranges); }

  /// What was fitted, named `prefix` and "mean" [groups, dim], "encode" [groups, dim, stored],
  /// "decode" [groups, stored, dim], "rotation" [stored, stored], "scale" and "zero" [groups];
  /// those that the chain has.
  [[nodiscard]] std::vector<PlanTensor> tensors(const std::string& prefix) const;

 private:
  /// What is stored, before quantization: [tokens, groups, stored]; of the function's own memory.
  [[nodiscard]] at::Tensor stored(const at::Tensor& values) const;

  Chain chain_;
  Storage storage_;
  at::Tensor mean_;      // [heads, dim]; undefined: nothing is subtracted
  at::Tensor rotation_;  // [stored, stored]; undefined: none
  std::optional<LowRankMap> lowRank_;
};

}  // namespace kvloupe
