// SPDX-License-Identifier: GPL-3.0-or-later
#include "compression/plan/choices.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "compression/plan/stored_format.hpp"

namespace kvloupe {
namespace {

constexpr int kLeastHadamard = 8;

template <class Enum, std::size_t N>
std::string_view nameOf(Enum value, const std::array<std::string_view, N>& names) {
  return names[static_cast<std::size_t>(value)];
}

/// "rank=32,basis=query": a spec without its target and layers.
std::string keysOf(const CompressionSpec& spec) {
  const std::string text = specText(spec);
  const std::size_t from = text.find(':') + 1;
  return text.substr(from, text.find('@') - from);
}

std::string tapList(const std::vector<Tap>& taps) {
  std::vector<std::string_view> names;
  for (const Tap tap : taps) names.push_back(tapName(tap));
  return fmt::format("{}", fmt::join(names, " or "));
}

std::string targetList(const std::vector<Target>& targets) {
  std::vector<std::string_view> names;
  for (const Target target : targets) names.push_back(targetName(target));
  return fmt::format("{}", fmt::join(names, ", "));
}

template <class List, class Value>
bool contains(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

std::optional<Refusal> rankRefusal(const CompressionSpec& spec, int dim) {
  if (spec.keepPercent && !(*spec.keepPercent > 0 && *spec.keepPercent <= 100))
    return Refusal{"keep is no percentage", fmt::format("{}", *spec.keepPercent),
                   "a number over 0, at most 100"};
  if (spec.rank && (*spec.rank < 1 || *spec.rank > dim))
    return Refusal{"the dimension has no such rank", fmt::format("rank {}", *spec.rank),
                   fmt::format("1 to {}", dim)};
  return std::nullopt;
}

std::optional<Refusal> basisRefusal(Basis basis, Target target) {
  const bool query = target == Target::K || target == Target::Latent;
  const bool output = target == Target::V || target == Target::Latent;
  if ((basis != Basis::Query || query) && (basis != Basis::Output || output)) return std::nullopt;
  return Refusal{"this target has no such basis",
                 fmt::format("basis {} of {}", nameOf(basis, kBasisNames), targetName(target)),
                 "query for k and latent, output for v and latent; pca, random or axis for all"};
}

/// Blocks of the format and of the rotation must fit what is stored.
std::optional<Refusal> blockRefusal(const CompressionSpec& spec, const Chain& chain, int stored) {
  const std::string found =
      fmt::format("{} {} a {}", stored, chain.rank ? "coefficients" : "values",
                  chain.scope == Scope::Layer ? "token" : "head");
  if (spec.rotation == Rotation::Hadamard && hadamardBlock(stored) < kLeastHadamard)
    return Refusal{"rotate=hadamard would mix too few values",
                   fmt::format("{}: blocks of {}", found, hadamardBlock(stored)),
                   fmt::format("a number that {} divides, or rotate=random", kLeastHadamard)};
  const int block = storedFormat(chain.format).block;
  if (stored % block == 0) return std::nullopt;
  return Refusal{"the format's blocks do not fit", found,
                 fmt::format("a multiple of {}, which {} stores together", block,
                             nameOf(chain.format, kFormatNames))};
}

}  // namespace

std::optional<Refusal> contradictionIn(const CompressionSpec& spec) {
  const bool lowRank = spec.rank || spec.keepPercent;
  if (spec.rank && spec.keepPercent)
    return Refusal{"how much is kept must be said once",
                   fmt::format("rank={},keep={}", *spec.rank, *spec.keepPercent),
                   "either rank= or keep="};
  if (!lowRank && !spec.format)
    return Refusal{"nothing is compressed", keysOf(spec), "rank=, keep=, format= or bits="};
  if (!lowRank && spec.basis != Basis::Pca)
    return Refusal{"a basis without a rank", keysOf(spec), "rank= or keep= too"};
  if (!lowRank && spec.scope != Scope::Head)
    return Refusal{"a scope without a rank", keysOf(spec), "rank= or keep= too"};
  if (lowRank && spec.centre == false)
    return Refusal{"a low rank is always centred", "centre=0", "no centre= beside rank= or keep="};
  if (spec.tap == Tap::KPrebias && spec.centre == false)
    return Refusal{"tap k_prebias centres on the projection's bias", "centre=0",
                   "centre=1, or another tap"};
  if (spec.scale && !storedFormat(spec.format.value_or(Format::Bits16)).scaled)
    return Refusal{"scale= needs a format that is scaled by it",
                   fmt::format("scale={}", nameOf(*spec.scale, kScaleNames)),
                   "int2 to int8, uint2 to uint8 or fp8; the others have their own"};
  if (spec.group && spec.scale != Scale::Channel)
    return Refusal{"group= needs a scale of a channel", fmt::format("group={}", *spec.group),
                   "scale=channel too"};
  return std::nullopt;
}

std::optional<Refusal> refusalOf(const CompressionSpec& spec, Target target,
                                 const ModelInfo& model) {
  if (auto contradiction = contradictionIn(spec)) return contradiction;
  const std::vector<Target> targets = targetsOf(model);
  if (!contains(targets, target))
    return Refusal{fmt::format("{} has no such target", model.family),
                   std::string(targetName(target)), targetList(targets)};
  const std::vector<Tap> taps = tapsOf(model, target);
  if (spec.tap && !contains(taps, *spec.tap))
    return Refusal{fmt::format("{} is not compressed at this tap", targetName(target)),
                   std::string(tapName(*spec.tap)), tapList(taps)};
  if (auto refusal = rankRefusal(spec, rankDimension(model, target, spec.scope))) return refusal;
  if (auto refusal = basisRefusal(spec.basis, target)) return refusal;
  const Chain chain = chainOf(spec, target, model);
  return blockRefusal(spec, chain, chainShape(chain, model, target).stored);
}

Choices choicesOf(const CompressionSpec& spec, Target target, const ModelInfo& model) {
  const auto judged = [&](auto value, const CompressionSpec& changed) {
    return Choice<decltype(value)>{value, refusalOf(changed, target, model)};
  };
  Choices choices;
  for (const Tap tap : tapsOf(model, target)) {
    CompressionSpec changed = spec;
    changed.tap = tap;
    choices.taps.push_back(judged(tap, changed));
  }
  for (std::size_t i = 0; i < kBasisNames.size(); ++i) {
    CompressionSpec changed = spec;
    changed.basis = static_cast<Basis>(i);
    choices.bases.push_back(judged(changed.basis, changed));
  }
  for (std::size_t i = 0; i < kFormatNames.size(); ++i) {
    CompressionSpec changed = spec;
    changed.format = static_cast<Format>(i);
    if (!storedFormat(*changed.format).scaled) {
      changed.scale.reset();
      changed.group.reset();
    }
    choices.formats.push_back(judged(*changed.format, changed));
  }
  for (std::size_t i = 0; i < kScaleNames.size(); ++i) {
    CompressionSpec changed = spec;
    changed.scale = static_cast<Scale>(i);
    if (changed.scale != Scale::Channel) changed.group.reset();
    choices.scales.push_back(judged(*changed.scale, changed));
  }
  for (std::size_t i = 0; i < kRotationNames.size(); ++i) {
    CompressionSpec changed = spec;
    changed.rotation = static_cast<Rotation>(i);
    choices.rotations.push_back(judged(changed.rotation, changed));
  }
  return choices;
}

}  // namespace kvloupe
