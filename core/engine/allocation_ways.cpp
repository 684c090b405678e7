// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/allocation_ways.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "compression/plan/accounting.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "engine/session_parts.hpp"

namespace kvloupe {
namespace {

/// Ranks that a layer may keep, in eighths of the dimension.
constexpr int kLadder = 8;
/// Cache ratios that differ by less are as good as the same.
constexpr double kAlike = 1.01;
/// Ratios of the same bits, summed in another order.
constexpr double kRounding = 1e-12;

/// The format of a SPEC by its name; empty where it is 16 bits.
std::string storedAs(const std::string& spec) {
  const std::optional<Format> format = parseSpec(spec).format;
  if (!format || *format == Format::Bits16) return {};
  return std::string(kFormatNames[static_cast<std::size_t>(*format)]);
}

std::vector<Way> waysOf(const ModelInfo& model, Target target, const AllocationRequest& request) {
  const int dim = rankDimension(model, target, Scope::Head);
  const std::string more = request.keys.empty() ? "" : "," + request.keys;
  std::vector<Way> ways;
  for (int eighths = kLadder - 1; eighths >= 1; --eighths) {
    const int rank = std::max(1, dim * eighths / kLadder);
    if (rank == dim || (!ways.empty() && ways.back().rank == rank)) continue;
    std::string keys = fmt::format("rank={}{}", rank, more);
    std::string format = storedAs(fmt::format("{}:{}", targetName(target), keys));
    ways.push_back({rank, dim, std::move(format), std::move(keys)});
  }
  for (const std::string& format : request.formats)
    ways.push_back({dim, dim, format, "format=" + format});
  return ways;
}

std::vector<Target> targetsOf(const ModelInfo& model, const AllocationRequest& request) {
  const bool mla = model.attention == AttentionKind::Mla;
  if (request.targets.empty())
    return mla ? std::vector{Target::Latent, Target::RopeKey} : std::vector{Target::K, Target::V};
  for (const Target target : request.targets) {
    const bool expanded = target == Target::K || target == Target::V;
    if (expanded == mla)
      refuseOption(expanded ? "this target frees no cache"
                            : fmt::format("{} has no such target", model.family),
                   "--targets", std::string(targetName(target)), mla ? "latent, rope_key" : "k, v");
  }
  const std::set<Target> each(request.targets.begin(), request.targets.end());
  return {each.begin(), each.end()};
}

struct UniformPlan {
  ChosenWays ways;
  double ratio = 1;
  double cost = 0;  // dNLL of all layers, added up
};

}  // namespace

std::vector<AllocationItem> allocationItems(const ModelInfo& model,
                                            const AllocationRequest& request) {
  const std::vector<Target> targets = targetsOf(model, request);
  std::vector<AllocationItem> items;
  for (int layer = 0; layer < model.numLayers; ++layer)
    for (const Target target : targets)
      items.push_back({layer, target, waysOf(model, target, request)});
  return items;
}

std::string specOf(const AllocationItem& item, const Way& way) {
  return fmt::format("{}:{}@{}", targetName(item.target), way.keys, item.layer);
}

std::vector<CompressionSpec> specsOf(const ChosenWays& chosen) {
  std::vector<CompressionSpec> specs;
  std::map<std::pair<Target, std::string>, std::vector<int>> layers;
  for (const auto& [where, way] : chosen) layers[{where.second, way.keys}].push_back(where.first);
  for (const auto& [what, list] : layers)
    specs.push_back(parseSpec(
        fmt::format("{}:{}@{}", targetName(what.first), what.second, fmt::join(list, ","))));
  return specs;
}

ChosenWays uniformWays(const ModelInfo& model, std::span<const AllocationItem> items,
                       std::span<const std::vector<double>> costs, const ChosenWays& chosen,
                       int windowLength, double cacheRatio) {
  std::set<Target> targets;
  for (const auto& [where, way] : chosen) targets.insert(where.second);
  // Every target in every of its ways: their product.
  std::vector<UniformPlan> plans(targets.empty() ? 0 : 1);
  for (const Target target : targets) {
    std::vector<UniformPlan> grown;
    for (const UniformPlan& before : plans)
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].target != target || items[i].layer != 0) continue;
        for (std::size_t w = 0; w < items[i].ways.size(); ++w) {
          UniformPlan plan = before;
          for (std::size_t other = i; other < items.size(); ++other)
            if (items[other].target == target) {
              plan.ways[{items[other].layer, target}] = items[other].ways[w];
              plan.cost += costs[other][w];
            }
          grown.push_back(std::move(plan));
        }
      }
    plans = std::move(grown);
  }
  for (UniformPlan& plan : plans)
    plan.ratio = account(resolvePlan(specsOf(plan.ways), model), model, windowLength).cacheRatio;
  std::erase_if(plans,
                [&](const UniformPlan& plan) { return plan.ratio < cacheRatio * (1 - kRounding); });
  if (plans.empty()) return {};
  const double nearest = std::ranges::min(plans, {}, &UniformPlan::ratio).ratio;
  std::erase_if(plans, [&](const UniformPlan& plan) { return plan.ratio > nearest * kAlike; });
  return std::ranges::min(plans, {}, &UniformPlan::cost).ways;
}

}  // namespace kvloupe
