// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <stop_token>
#include <string>

#include "model/config/model_config.hpp"
#include "model/linear.hpp"
#include "model/weight_reader.hpp"
#include "model/workspace.hpp"

namespace kvloupe {

/// down(act(gate(x)) * up(x)), gate and up fused into one product (Shazeer 2020), or
/// down(act(in(x))) (Vaswani et al. 2017).
struct Mlp {
  Linear in;    // [2 * inner, hidden], gate above up, or [inner, hidden]
  Linear down;  // [hidden, inner]
  Activation activation = Activation::Silu;

  /// y [tokens, hidden] += mlp(x [tokens, hidden]). Throws Cancelled.
  void accumulate(const at::Tensor& x, const at::Tensor& y, Workspace& workspace,
                  const std::stop_token& stop) const;

 private:
  /// Whether what `down` multiplies is rounded while it is made.
  [[nodiscard]] bool fusesRounding() const;
  /// activated [rows, inner] of projected [rows, inner or 2 * inner], both contiguous; the first in
  /// bfloat16 where it may be (fusesRounding).
  void activate(const at::Tensor& projected, const at::Tensor& activated) const;
};

/// `prefix` names the module: "model.layers.3.mlp."; `inner` is its intermediate size.
[[nodiscard]] Mlp loadMlp(const ModelConfig& config, std::int64_t inner, bool bias,
                          const std::string& prefix, WeightReader& reader);

}  // namespace kvloupe
