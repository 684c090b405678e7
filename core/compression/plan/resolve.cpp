// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/plan/resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "common/error.hpp"
#include "compression/plan/choices.hpp"
#include "compression/plan/spec.hpp"
#include "compression/plan/stored_format.hpp"

namespace kvloupe {
namespace {

[[noreturn]] void refuse(const CompressionSpec& spec, Refusal refusal) {
  throw Error(ErrorCode::InvalidArgument,
              {.message = std::move(refusal.message),
               .file = {},
               .place = fmt::format("compression \"{}\"", specText(spec)),
               .expected = std::move(refusal.expected),
               .found = std::move(refusal.found),
               .advice = {}});
}

bool untouched(const Chain& chain, const ModelInfo& model, Target target) {
  const ChainShape shape = chainShape(chain, model, target);
  return chain.format == Format::Bits16 && shape.stored == shape.dim;
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
      if (model.qkvBias) return {Tap::KRope, Tap::K, Tap::KPrebias};
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

ChainShape chainShape(const Chain& chain, const ModelInfo& model, Target target) {
  const TapShape shape = tapShape(model, defaultTap(model, target));
  const bool joined = chain.scope == Scope::Layer;
  const int dim = joined ? shape.heads * shape.dim : shape.dim;
  return {.groups = joined ? 1 : shape.heads, .dim = dim, .stored = chain.rank.value_or(dim)};
}

Chain chainOf(const CompressionSpec& spec, Target target, const ModelInfo& model) {
  Chain chain;
  chain.tap = spec.tap.value_or(defaultTap(model, target));
  chain.rank = spec.rank;
  if (spec.keepPercent) {
    const int dim = rankDimension(model, target, spec.scope);
    chain.rank = std::max(1, static_cast<int>(std::floor(dim * *spec.keepPercent / 100 + 0.5)));
  }
  chain.centre = chain.rank || spec.centre.value_or(chain.tap == Tap::KPrebias);
  if (chain.rank) chain.basis = spec.basis;
  if (chain.rank) chain.scope = spec.scope;
  chain.format = spec.format.value_or(Format::Bits16);
  // What nothing reads keeps its default, so that plans that do the same are equal.
  if (chain.format != Format::Bits16) chain.rotation = spec.rotation;
  if (storedFormat(chain.format).scaled) chain.scale = spec.scale.value_or(Scale::Token);
  if (chain.scale == Scale::Channel) chain.group = spec.group.value_or(kScaleGroup);
  const bool random = chain.basis == Basis::Random || chain.rotation == Rotation::Random;
  if (random) chain.seed = spec.seed;
  chain.residual = spec.residual;
  chain.sink = spec.sink;
  return chain;
}

Plan resolvePlan(std::span<const CompressionSpec> specs, const ModelInfo& model) {
  Plan plan;
  for (const CompressionSpec& spec : specs) {
    std::vector<std::pair<int, int>> layers = spec.layers;
    if (layers.empty()) layers.emplace_back(0, model.numLayers - 1);
    for (const Target target : spec.targets) {
      if (auto refusal = refusalOf(spec, target, model)) refuse(spec, std::move(*refusal));
      const Chain chain = chainOf(spec, target, model);
      for (const auto& [first, last] : layers) {
        if (last >= model.numLayers)
          refuse(spec, {"no such layer", fmt::format("layer {}", last),
                        fmt::format("0 to {}", model.numLayers - 1)});
        for (int layer = first; layer <= last; ++layer) {
          if (untouched(chain, model, target))
            plan.chains.erase({layer, target});
          else
            plan.chains[{layer, target}] = chain;
        }
      }
    }
  }
  return plan;
}

std::vector<std::string> planWarnings(const Plan& plan) {
  std::set<std::string> warnings;
  for (const auto& [where, chain] : plan.chains)
    if (storedFormat(chain.format).scaled && chain.scale == Scale::Channel &&
        chain.residual < chain.group)
      warnings.insert(fmt::format(
          "{}: scale=channel without residual>={}: a group's scale sees its later tokens, so the "
          "figure is not causal",
          targetName(where.second), chain.group));
  return {warnings.begin(), warnings.end()};
}

bool needsCalibration(const Chain& chain) {
  return chain.rank || (chain.centre && chain.tap != Tap::KPrebias) ||
         hasTensorScale(chain.format, chain.scale);
}

bool needsCalibration(const Plan& plan) {
  return std::any_of(plan.chains.begin(), plan.chains.end(),
                     [](const auto& entry) { return needsCalibration(entry.second); });
}

}  // namespace kvloupe
