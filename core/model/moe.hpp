// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <optional>
#include <span>
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

/// The routed experts of a layer: all in memory, or read when a token first goes to one.
class Experts {
 public:
  Experts() = default;
  explicit Experts(std::vector<Mlp> all) : all_(std::move(all)) {}
  /// `read(expert, buffers)` reads one into buffers, of which there is a set for every expert that
  /// is kept at a time. They outlive this.
  using Read = std::function<Mlp(int expert, WeightBuffers& buffers)>;
  Experts(Read read, std::span<WeightBuffers> buffers)
      : read_(std::move(read)), buffers_(buffers), kept_(buffers.size()) {}

  /// Valid until another is asked for.
  [[nodiscard]] const Mlp& at(int expert) const;

 private:
  struct Kept {
    int expert = -1;
    Mlp mlp;
  };
  std::vector<Mlp> all_;
  Read read_;
  std::span<WeightBuffers> buffers_;
  mutable std::vector<Kept> kept_;
  mutable std::size_t next_ = 0;  // of kept_, to be read anew
};

/// Mixture of experts: every token goes through a few routed experts and all shared ones.
struct Moe {
  ExpertRouter router;
  Experts experts;
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
