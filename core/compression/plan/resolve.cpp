// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/plan/resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "common/error.hpp"
#include "compression/plan/spec.hpp"
#include "compression/plan/stored_format.hpp"

namespace kvloupe {
namespace {

constexpr int kLeastHadamard = 8;

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

std::optional<int> rankOf(const CompressionSpec& spec, int dim) {
  if (spec.keepPercent) {
    if (!(*spec.keepPercent > 0 && *spec.keepPercent <= 100))
      refuse(spec, "keep is no percentage", fmt::format("{}", *spec.keepPercent),
             "a number over 0, at most 100");
    return std::max(1, static_cast<int>(std::floor(dim * *spec.keepPercent / 100 + 0.5)));
  }
  if (spec.rank && (*spec.rank < 1 || *spec.rank > dim))
    refuse(spec, "the dimension has no such rank", fmt::format("rank {}", *spec.rank),
           fmt::format("1 to {}", dim));
  return spec.rank;
}

Tap tapOf(const CompressionSpec& spec, Target target, const ModelInfo& model) {
  const std::vector<Tap> taps = tapsOf(model, target);
  const Tap tap = spec.tap.value_or(taps.front());
  if (std::find(taps.begin(), taps.end(), tap) == taps.end())
    refuse(spec, fmt::format("{} is not compressed at this tap", targetName(target)),
           std::string(tapName(tap)), tapList(taps));
  return tap;
}

void checkBasis(const CompressionSpec& spec, Target target) {
  const bool query = target == Target::K || target == Target::Latent;
  const bool output = target == Target::V || target == Target::Latent;
  if ((spec.basis == Basis::Query && !query) || (spec.basis == Basis::Output && !output))
    refuse(spec, "this target has no such basis",
           fmt::format("basis {} of {}", kBasisNames[static_cast<std::size_t>(spec.basis)],
                       targetName(target)),
           "query for k and latent, output for v and latent; pca, random or axis for all");
}

/// Blocks of the format and of the rotation must fit what is stored.
void checkBlocks(const CompressionSpec& spec, const Chain& chain, int stored) {
  const std::string found =
      fmt::format("{} {} a {}", stored, chain.rank ? "coefficients" : "values",
                  chain.scope == Scope::Layer ? "token" : "head");
  if (chain.rotation == Rotation::Hadamard && hadamardBlock(stored) < kLeastHadamard)
    refuse(spec, "rotate=hadamard would mix too few values",
           fmt::format("{}: blocks of {}", found, hadamardBlock(stored)),
           fmt::format("a number that {} divides, or rotate=random", kLeastHadamard));
  const int block = storedFormat(chain.format).block;
  if (stored % block != 0)
    refuse(spec, "the format's blocks do not fit", found,
           fmt::format("a multiple of {}, which {} stores together", block,
                       kFormatNames[static_cast<std::size_t>(chain.format)]));
}

Chain chainOf(const CompressionSpec& spec, Target target, const ModelInfo& model) {
  const std::vector<Target> targets = targetsOf(model);
  if (std::find(targets.begin(), targets.end(), target) == targets.end())
    refuse(spec, fmt::format("{} has no such target", model.family),
           std::string(targetName(target)), targetList(targets));
  Chain chain;
  chain.tap = tapOf(spec, target, model);
  chain.rank = rankOf(spec, rankDimension(model, target, spec.scope));
  chain.centre = chain.rank || spec.centre.value_or(chain.tap == Tap::KPrebias);
  if (chain.rank) chain.basis = spec.basis;
  if (chain.rank) chain.scope = spec.scope;
  chain.rotation = spec.rotation;
  chain.format = spec.format.value_or(Format::Bits16);
  chain.scale = spec.scale.value_or(Scale::Token);
  chain.group = spec.group.value_or(kScaleGroup);
  chain.residual = spec.residual;
  chain.sink = spec.sink;
  chain.seed = spec.seed;
  checkBasis(spec, target);
  checkBlocks(spec, chain, chainShape(chain, model, target).stored);
  return chain;
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

Plan resolvePlan(std::span<const CompressionSpec> specs, const ModelInfo& model) {
  Plan plan;
  for (const CompressionSpec& spec : specs) {
    std::vector<std::pair<int, int>> layers = spec.layers;
    if (layers.empty()) layers.emplace_back(0, model.numLayers - 1);
    for (const Target target : spec.targets) {
      const Chain chain = chainOf(spec, target, model);
      for (const auto& [first, last] : layers) {
        if (last >= model.numLayers)
          refuse(spec, "no such layer", fmt::format("layer {}", last),
                 fmt::format("0 to {}", model.numLayers - 1));
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
