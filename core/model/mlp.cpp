// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/mlp.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>

#include "model/config/family_traits.hpp"
#include "model/kernels.hpp"

namespace kvloupe {

namespace {

constexpr std::int64_t kRowsPerThread = 4;

void apply(Activation activation, float* x, std::int64_t count) {
  switch (activation) {
    case Activation::Silu:
      kernels::silu(x, count);
      break;
    case Activation::GeluTanh:
      kernels::geluTanh(x, count);
      break;
    case Activation::GeluErf:
      kernels::geluErf(x, count);
      break;
    case Activation::QuickGelu:
      kernels::quickGelu(x, count);
      break;
    case Activation::Relu:
      kernels::relu(x, count);
      break;
  }
}

}  // namespace

bool Mlp::fusesRounding() const {
  const bool gated = in.weight.size(0) != down.weight.size(1);
  return gated && activation == Activation::Silu && down.weight.scalar_type() == at::kBFloat16;
}

void Mlp::activate(const at::Tensor& projected, const at::Tensor& activated) const {
  const float* from = projected.data_ptr<float>();
  const std::int64_t inner = activated.size(1), width = projected.size(1);
  const bool gated = width != inner;
  if (fusesRounding()) {
    auto* narrow = static_cast<std::uint16_t*>(activated.data_ptr());
    at::parallel_for(
        0, projected.size(0), kRowsPerThread, [=](std::int64_t begin, std::int64_t end) {
          kernels::swiGluBfloat16(from + begin * width, narrow + begin * inner, end - begin, inner);
        });
    return;
  }
  float* to = activated.data_ptr<float>();
  at::parallel_for(
      0, projected.size(0), kRowsPerThread, [=, this](std::int64_t begin, std::int64_t end) {
        if (gated && activation == Activation::Silu) {
          kernels::swiGlu(from + begin * width, to + begin * inner, end - begin, inner);
          return;
        }
        for (std::int64_t row = begin; row < end; ++row) {
          const float* x = from + row * width;
          float* y = to + row * inner;
          std::memcpy(y, x, static_cast<std::size_t>(inner) * sizeof(float));
          apply(activation, y, inner);
          if (gated) kernels::multiply(y, x + inner, inner);
        }
      });
}

void Mlp::accumulate(const at::Tensor& x, const at::Tensor& y, Workspace& workspace,
                     const std::stop_token& stop) const {
  const std::int64_t inner = down.weight.size(1);
  for (std::int64_t row = 0; row < x.size(0); row += kRowBlock) {
    const std::int64_t rows = std::min(kRowBlock, x.size(0) - row);
    const at::Tensor projected = workspace.take(Workspace::GateUp, rows, in.weight.size(0));
    const at::Tensor activated = workspace.take(Workspace::Activated, rows, inner,
                                                fusesRounding() ? at::kBFloat16 : at::kFloat);
    in.project(x.narrow(0, row, rows), projected, workspace, stop);
    activate(projected, activated);
    down.accumulate(activated, y.narrow(0, row, rows), workspace, stop);
  }
}

Mlp loadMlp(const ModelConfig& config, std::int64_t inner, bool bias, const std::string& prefix,
            WeightReader& reader) {
  const FamilyTraits& traits = familyTraits(config.family);
  const auto& [first, second] = traits.mlpIn;
  const std::int64_t hidden = config.hiddenSize, width = traits.gatedMlp ? 2 * inner : inner;
  return {.in = second.empty()
                    ? reader.linear(prefix, {{first, width}}, hidden, bias)
                    : reader.linear(prefix, {{first, inner}, {second, inner}}, hidden, bias),
          .down = reader.linear(prefix, {{traits.mlpOut, hidden}}, inner, bias),
          .activation = *findActivation(config.activation)};
}

}  // namespace kvloupe
