// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/moe.hpp"

#include <ATen/ops/mm.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <span>

#include "model/kernels.hpp"

namespace kvloupe {

namespace {

/// Indices of the `count` largest, the lower index first among equals.
std::vector<int> largest(std::span<const float> values, int count) {
  std::vector<int> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return values[static_cast<std::size_t>(a)] > values[static_cast<std::size_t>(b)];
  });
  order.resize(static_cast<std::size_t>(count));
  return order;
}

/// Sets the scores of all experts outside the best groups to 0; a group is as good as its best.
void keepBestGroups(std::span<float> scores, int numGroups, int topkGroups) {
  const std::size_t size = scores.size() / static_cast<std::size_t>(numGroups);
  std::vector<float> best;
  for (std::size_t group = 0; group < static_cast<std::size_t>(numGroups); ++group)
    best.push_back(std::ranges::max(scores.subspan(group * size, size)));
  const std::vector<int> kept = largest(best, topkGroups);
  for (int group = 0; group < numGroups; ++group)
    if (std::ranges::find(kept, group) == kept.end())
      std::ranges::fill(scores.subspan(static_cast<std::size_t>(group) * size, size), 0.0f);
}

}  // namespace

ExpertRouter::Assignment ExpertRouter::route(const at::Tensor& x) const {
  const at::Tensor scores = at::mm(x, weight.t());  // [tokens, experts]
  const std::int64_t tokens = scores.size(0), experts = scores.size(1);
  Assignment assignment(static_cast<std::size_t>(experts));
  for (std::int64_t token = 0; token < tokens; ++token) {
    const std::span<float> row(scores.data_ptr<float>() + token * experts,
                               static_cast<std::size_t>(experts));
    kernels::softmaxSpan(row.data(), 0, experts, experts, 1.0f);
    if (numGroups > 1) keepBestGroups(row, numGroups, topkGroups);
    for (const int expert : largest(row, expertsPerToken)) {
      const std::size_t at = static_cast<std::size_t>(expert);
      assignment[at].emplace_back(token, row[at] * scalingFactor);
    }
  }
  return assignment;
}

void Moe::accumulate(const at::Tensor& x, const at::Tensor& y, Workspace& workspace,
                     const std::stop_token& stop) const {
  const std::int64_t hidden = x.size(1);
  const ExpertRouter::Assignment assignment = router.route(x);
  const float* in = x.data_ptr<float>();
  float* out = y.data_ptr<float>();
  for (std::size_t expert = 0; expert < experts.size(); ++expert) {
    const auto& served = assignment[expert];
    if (served.empty()) continue;
    const std::int64_t count = static_cast<std::int64_t>(served.size());
    const at::Tensor gathered = workspace.take(Workspace::Gathered, count, hidden);
    const at::Tensor result = workspace.take(Workspace::Routed, count, hidden);  // [count, hidden]
    float* row = gathered.data_ptr<float>();
    for (const auto& [token, weight] : served) {
      std::memcpy(row, in + token * hidden, static_cast<std::size_t>(hidden) * sizeof(float));
      row += hidden;
    }
    result.zero_();
    experts[expert].accumulate(gathered, result, workspace, stop);
    const float* from = result.data_ptr<float>();
    for (const auto& [token, weight] : served) {
      kernels::addScaled(from, weight, out + token * hidden, hidden);
      from += hidden;
    }
  }
  if (shared) shared->accumulate(x, y, workspace, stop);
}

Moe loadMoe(const ModelConfig& config, const std::string& prefix, WeightReader& reader) {
  const MoeConfig& moe = *config.moe;
  const bool grouped = moe.routing == ExpertRouting::GroupLimitedGreedy;
  Moe mixture;
  mixture.router = {
      .weight = reader.matrix(prefix + "gate.weight", moe.numRoutedExperts, config.hiddenSize),
      .expertsPerToken = moe.expertsPerToken,
      .numGroups = grouped ? moe.numGroups : 1,
      .topkGroups = grouped ? moe.topkGroups : 1,
      .scalingFactor = static_cast<float>(moe.routedScalingFactor)};
  for (int expert = 0; expert < moe.numRoutedExperts; ++expert)
    mixture.experts.push_back(loadMlp(config, moe.moeIntermediateSize, false,
                                      fmt::format("{}experts.{}.", prefix, expert), reader));
  if (moe.sharedIntermediateSize > 0)
    mixture.shared = loadMlp(config, moe.sharedIntermediateSize, config.mlpBias,
                             prefix + "shared_experts.", reader);
  return mixture;
}

}  // namespace kvloupe
