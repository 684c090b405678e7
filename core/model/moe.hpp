// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "model/config/model_config.hpp"
#include "model/mlp.hpp"
#include "model/weight_reader.hpp"
#include "model/workspace.hpp"

namespace kvloupe {

/// Which experts a token goes to: the k largest softmax scores; or those within the groups whose
/// best expert scores highest (DeepSeek-V2, arXiv 2405.04434, section 2.2); or by sigmoid scores
/// and a correction that takes part in the choice alone (DeepSeek-V3, arXiv 2412.19437, section
/// 2.1.2).
struct ExpertRouter {
  at::Tensor weight;      // [experts, hidden]
  at::Tensor correction;  // [experts], or undefined
  bool sigmoid = false;   // else softmax
  int expertsPerToken = 1;
  int numGroups = 1;       // 1: no limit by groups
  int topkGroups = 1;      // groups that a token may draw from
  int groupBest = 1;       // a group scores as the sum of so many of its best
  bool normalise = false;  // the weights of a token's experts sum to scalingFactor
  float scalingFactor = 1;

  /// For every expert the tokens that it serves, ascending, with their weights.
  using Assignment = std::vector<std::vector<std::pair<std::int64_t, float>>>;
  [[nodiscard]] Assignment route(const at::Tensor& x /*[tokens, hidden]*/) const;
};

/// Mixture of experts: every token goes through a few routed experts and all shared ones.
struct Moe {
  ExpertRouter router;
  std::vector<Mlp> experts;
  std::optional<Mlp> shared;  // all shared experts as one
  at::Tensor sharedGate;      // [1, hidden]: shared times sigmoid(gate x); or undefined

  /// y [tokens, hidden] += moe(x [tokens, hidden]). Throws Cancelled.
  void accumulate(const at::Tensor& x, const at::Tensor& y, Workspace& workspace,
                  const std::stop_token& stop) const;

 private:
  void accumulateShared(const at::Tensor& x, const at::Tensor& y, Workspace& workspace,
                        const std::stop_token& stop) const;
};

/// `prefix` names the module: "model.layers.3.mlp.".
[[nodiscard]] Moe loadMoe(const ModelConfig& config, const std::string& prefix,
                          WeightReader& reader);

}  // namespace kvloupe
