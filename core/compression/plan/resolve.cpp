// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/plan/resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/error.hpp"
#include "compression/plan/spec.hpp"

namespace kvloupe {
namespace {

[[noreturn]] void refuse(const CompressionSpec& spec, std::string message, std::string found,
                         std::string expected) {
  throw Error(ErrorCode::InvalidArgument,
              {.message = std::move(message),
               .file = {},
               .place = fmt::format("compression \"{}\"", specText(spec)),
               .expected = std::move(expected),
               .found = std::move(found),
               .advice = {}});
}

std::string tapList(const std::vector<Tap>& taps) {
  std::string text;
  for (const Tap tap : taps) text += fmt::format("{}{}", text.empty() ? "" : " or ", tapName(tap));
  return text;
}

std::string targetList(const std::vector<Target>& targets) {
  std::string text;
  for (const Target target : targets)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", targetName(target));
  return text;
}

int rankOf(const CompressionSpec& spec, int dim) {
  if (!spec.rank)
    return std::max(1, static_cast<int>(std::floor(dim * *spec.keepPercent / 100 + 0.5)));
  if (*spec.rank > dim)
    refuse(spec, "rank is larger than the dimension", fmt::format("rank {}", *spec.rank),
           fmt::format("at most {}", dim));
  return *spec.rank;
}

LowRank stepOf(const CompressionSpec& spec, Target target, const ModelInfo& model) {
  const std::vector<Target> targets = targetsOf(model);
  if (std::find(targets.begin(), targets.end(), target) == targets.end())
    refuse(spec, fmt::format("{} has no such target", model.family),
           std::string(targetName(target)), targetList(targets));
  const std::vector<Tap> taps = tapsOf(model, target);
  const Tap tap = spec.tap.value_or(taps.front());
  if (std::find(taps.begin(), taps.end(), tap) == taps.end())
    refuse(spec, fmt::format("{} is not compressed at this tap", targetName(target)),
           std::string(tapName(tap)), tapList(taps));
  return {.tap = tap,
          .rank = rankOf(spec, rankDimension(model, target, spec.scope)),
          .basis = spec.basis,
          .scope = spec.scope};
}

}  // namespace

std::vector<Target> targetsOf(const ModelInfo& model) {
  if (model.attention == AttentionKind::Mla)
    return {Target::Latent, Target::RopeKey, Target::K, Target::V};
  return {Target::K, Target::V};
}

Tap defaultTap(const ModelInfo& model, Target target) { return tapsOf(model, target).front(); }

std::vector<Tap> tapsOf(const ModelInfo& model, Target target) {
  switch (target) {
    case Target::K:
      if (model.attention == AttentionKind::Mla) return {Tap::K};
      return {Tap::KRope, Tap::K};
    case Target::V:
      return {Tap::V};
    case Target::Latent:
      return {Tap::Latent};
    case Target::RopeKey:
      return {Tap::KRope};
  }
  return {};
}

int rankDimension(const ModelInfo& model, Target target, Scope scope) {
  const TapShape shape = tapShape(model, defaultTap(model, target));
  return scope == Scope::Layer ? shape.heads * shape.dim : shape.dim;
}

Plan resolvePlan(std::span<const CompressionSpec> specs, const ModelInfo& model) {
  Plan plan;
  for (const CompressionSpec& spec : specs) {
    std::vector<std::pair<int, int>> layers = spec.layers;
    if (layers.empty()) layers.emplace_back(0, model.numLayers - 1);
    for (const Target target : spec.targets) {
      const LowRank step = stepOf(spec, target, model);
      const bool untouched = step.rank == rankDimension(model, target, step.scope);
      for (const auto& [first, last] : layers) {
        if (last >= model.numLayers)
          refuse(spec, "no such layer", fmt::format("layer {}", last),
                 fmt::format("0 to {}", model.numLayers - 1));
        for (int layer = first; layer <= last; ++layer) {
          if (untouched)
            plan.steps.erase({layer, target});
          else
            plan.steps[{layer, target}] = step;
        }
      }
    }
  }
  return plan;
}

}  // namespace kvloupe
