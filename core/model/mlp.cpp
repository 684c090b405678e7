// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/mlp.hpp"

#include <ATen/Parallel.h>

#include <algorithm>

#include "model/kernels.hpp"

namespace kvloupe {

void swiGlu(const at::Tensor& gateUp, const at::Tensor& activated) {
  const float* in = gateUp.data_ptr<float>();
  float* out = activated.data_ptr<float>();
  const std::int64_t inner = activated.size(1);
  at::parallel_for(0, gateUp.size(0), 4, [=](std::int64_t begin, std::int64_t end) {
    kernels::swiGlu(in + begin * 2 * inner, out + begin * inner, end - begin, inner);
  });
}

void Mlp::accumulate(const at::Tensor& x, const at::Tensor& y, Workspace& workspace,
                     const std::stop_token& stop) const {
  const std::int64_t inner = down.weight.size(1);
  for (std::int64_t row = 0; row < x.size(0); row += kRowBlock) {
    const std::int64_t rows = std::min(kRowBlock, x.size(0) - row);
    const at::Tensor both = workspace.take(Workspace::GateUp, rows, 2 * inner);
    const at::Tensor activated = workspace.take(Workspace::Activated, rows, inner);
    gateUp.project(x.narrow(0, row, rows), both, stop);
    swiGlu(both, activated);
    down.accumulate(activated, y.narrow(0, row, rows), stop);
  }
}

Mlp loadMlp(const ModelConfig& config, std::int64_t inner, bool bias, const std::string& prefix,
            WeightReader& reader) {
  return {.gateUp = reader.linear(prefix, {{"gate_proj", inner}, {"up_proj", inner}},
                                  config.hiddenSize, bias),
          .down = reader.linear(prefix, {{"down_proj", config.hiddenSize}}, inner, bias)};
}

}  // namespace kvloupe
