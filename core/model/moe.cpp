// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/moe.hpp"

#include <ATen/ops/mm.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <span>

#include "model/config/family_traits.hpp"
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

/// Takes all experts outside the best groups out of the choice.
void keepBestGroups(std::span<float> choice, const ExpertRouter& router) {
  const std::size_t size = choice.size() / static_cast<std::size_t>(router.numGroups);
  std::vector<float> groupScores;
  for (std::size_t group = 0; group < static_cast<std::size_t>(router.numGroups); ++group) {
    const std::span<const float> members = choice.subspan(group * size, size);
    float score = 0;
    for (const int member : largest(members, router.groupBest))
      score += members[static_cast<std::size_t>(member)];
    groupScores.push_back(score);
  }
  const std::vector<int> kept = largest(groupScores, router.topkGroups);
  for (int group = 0; group < router.numGroups; ++group)
    if (std::ranges::find(kept, group) == kept.end())
      std::ranges::fill(choice.subspan(static_cast<std::size_t>(group) * size, size),
                        -std::numeric_limits<float>::infinity());
}

/// Memory for experts of a layer that is streamed.
constexpr std::int64_t kExpertBytes = std::int64_t{1} << 30;

float logistic(float x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

ExpertRouter::Assignment ExpertRouter::route(const at::Tensor& x) const {
  const at::Tensor logits = at::mm(x, weight.t());  // [tokens, experts]
  const std::int64_t tokens = logits.size(0), experts = logits.size(1);
  const float* correct = correction.defined() ? correction.data_ptr<float>() : nullptr;
  Assignment assignment(static_cast<std::size_t>(experts));
  std::vector<float> choice;
  for (std::int64_t token = 0; token < tokens; ++token) {
    const std::span<float> scores(logits.data_ptr<float>() + token * experts,
                                  static_cast<std::size_t>(experts));
    if (sigmoid)
      std::ranges::transform(scores, scores.begin(), logistic);
    else
      kernels::softmaxSpan(scores.data(), 0, experts, experts, 1.0f);
    choice.assign(scores.begin(), scores.end());
    for (std::size_t i = 0; correct != nullptr && i < choice.size(); ++i) choice[i] += correct[i];
    if (numGroups > 1) keepBestGroups(choice, *this);

    const std::vector<int> chosen = largest(choice, expertsPerToken);
    float sum = 0;
    for (const int expert : chosen) sum += scores[static_cast<std::size_t>(expert)];
    const float factor = normalise ? scalingFactor / (sum + 1e-20f) : scalingFactor;
    for (const int expert : chosen) {
      const std::size_t at = static_cast<std::size_t>(expert);
      assignment[at].emplace_back(token, scores[at] * factor);
    }
  }
  return assignment;
}

const Mlp& Experts::at(int expert) const {
  if (!read_) return all_[static_cast<std::size_t>(expert)];
  for (const Kept& kept : kept_)
    if (kept.expert == expert) return kept.mlp;
  Kept& oldest = kept_[next_];
  WeightBuffers& buffers = buffers_[next_];
  next_ = (next_ + 1) % kept_.size();
  oldest = {};  // what a stop leaves is no expert
  buffers.reuse();
  oldest.mlp = read_(expert, buffers);
  oldest.expert = expert;
  return oldest.mlp;
}

void Moe::accumulate(const at::Tensor& x, const at::Tensor& y, Workspace& workspace,
                     const std::stop_token& stop) const {
  const std::int64_t hidden = x.size(1);
  const ExpertRouter::Assignment assignment = router.route(x);
  const float* in = x.data_ptr<float>();
  float* out = y.data_ptr<float>();
  for (std::size_t expert = 0; expert < assignment.size(); ++expert) {
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
    experts.at(static_cast<int>(expert)).accumulate(gathered, result, workspace, stop);
    const float* from = result.data_ptr<float>();
    for (const auto& [token, weight] : served) {
      kernels::addScaled(from, weight, out + token * hidden, hidden);
      from += hidden;
    }
  }
  if (shared) accumulateShared(x, y, workspace, stop);
}

void Moe::accumulateShared(const at::Tensor& x, const at::Tensor& y, Workspace& workspace,
                           const std::stop_token& stop) const {
  if (!sharedGate.defined()) return shared->accumulate(x, y, workspace, stop);
  const std::int64_t tokens = x.size(0), hidden = x.size(1);
  const at::Tensor result = workspace.take(Workspace::Routed, tokens, hidden);
  result.zero_();
  shared->accumulate(x, result, workspace, stop);
  const at::Tensor gates = at::mm(x, sharedGate.t());  // [tokens, 1]
  for (std::int64_t token = 0; token < tokens; ++token)
    kernels::addScaled(result.data_ptr<float>() + token * hidden,
                       logistic(gates.data_ptr<float>()[token]),
                       y.data_ptr<float>() + token * hidden, hidden);
}

namespace {

Experts loadExperts(const ModelConfig& config, const std::string& prefix, WeightReader& reader) {
  const MoeConfig& moe = *config.moe;
  const auto load = [&config, &reader, prefix, inner = moe.moeIntermediateSize](int expert) {
    return loadMlp(config, inner, false, fmt::format("{}experts.{}.", prefix, expert), reader);
  };
  if (LayerBuffers* buffers = reader.buffers()) {
    const std::int64_t bytes =
        std::int64_t{4} * 3 * config.hiddenSize * moe.moeIntermediateSize;  // of one
    buffers->experts.resize(static_cast<std::size_t>(
        std::clamp<std::int64_t>(kExpertBytes / bytes, 1, moe.numRoutedExperts)));
    return Experts(
        [load, &reader](int expert, WeightBuffers& own) {
          reader.readInto(&own);
          Mlp mlp = load(expert);
          reader.readInto(nullptr);
          return mlp;
        },
        buffers->experts);
  }
  std::vector<Mlp> all;
  for (int expert = 0; expert < moe.numRoutedExperts; ++expert) all.push_back(load(expert));
  return Experts(std::move(all));
}

}  // namespace

Moe loadMoe(const ModelConfig& config, const std::string& prefix, WeightReader& reader) {
  const FamilyTraits& traits = familyTraits(config.family);
  const MoeConfig& moe = *config.moe;
  const bool corrected = moe.routing == ExpertRouting::NoAuxTc;
  Moe mixture;
  mixture.router = {
      .weight = reader.matrix(prefix + "gate.weight", moe.numRoutedExperts, config.hiddenSize),
      .correction = {},
      .sigmoid = corrected,
      .expertsPerToken = moe.expertsPerToken,
      .numGroups = moe.numGroups,
      .topkGroups = moe.topkGroups,
      .groupBest = corrected ? 2 : 1,
      .normalise = moe.normTopkProb,
      .scalingFactor = static_cast<float>(moe.routedScalingFactor)};
  if (corrected)
    mixture.router.correction =
        reader.vector(prefix + "gate.e_score_correction_bias", moe.numRoutedExperts);
  mixture.experts = loadExperts(config, prefix, reader);
  if (moe.sharedIntermediateSize > 0)
    mixture.shared = loadMlp(config, moe.sharedIntermediateSize, config.mlpBias,
                             fmt::format("{}{}.", prefix, traits.sharedExperts), reader);
  if (traits.sharedExpertGate)
    mixture.sharedGate = reader.matrix(prefix + "shared_expert_gate.weight", 1, config.hiddenSize);
  return mixture;
}

}  // namespace kvloupe
