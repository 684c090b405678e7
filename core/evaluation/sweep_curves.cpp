// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/sweep_curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/error.hpp"
#include "compression/plan/resolve.hpp"
#include "evaluation/safe_ratio.hpp"

namespace kvloupe {
namespace {

struct Known {
  const char* name;
  const char* label;
  std::vector<Target> targets;
  std::optional<Tap> tap;
};

std::vector<Known> knownCurves(const ModelInfo& model) {
  if (model.attention == AttentionKind::Mla)
    return {{"latent", "the latent", {Target::Latent}, {}},
            {"rope_key", "the rotary key", {Target::RopeKey}, {}},
            {"v", "V, expanded", {Target::V}, {}},
            {"k", "K, expanded", {Target::K}, {}},
            {"kv", "K + V, expanded", {Target::K, Target::V}, {}}};
  std::vector<Known> curves = {
      {"v", "V only", {Target::V}, {}},
      {"k_rope", model.rotary ? "K, after RoPE" : "K only", {Target::K}, {}}};
  if (model.rotary) curves.push_back({"k", "K, before RoPE", {Target::K}, Tap::K});
  curves.push_back({"kv", "K + V, same rank", {Target::K, Target::V}, {}});
  return curves;
}

SweepCurve curveOf(const ModelInfo& model, const Known& known) {
  SweepCurve curve;
  curve.name = known.name;
  curve.label = known.label;
  curve.targets = known.targets;
  curve.tap = known.tap;
  curve.dim = rankDimension(model, known.targets.front(), Scope::Head);
  for (const Target target : known.targets)
    curve.dim = std::min(curve.dim, rankDimension(model, target, Scope::Head));
  curve.freesCache = model.attention != AttentionKind::Mla ||
                     known.targets.front() == Target::Latent ||
                     known.targets.front() == Target::RopeKey;
  return curve;
}

std::string targetText(const SweepCurve& curve) {
  return curve.targets.size() == 2 ? "kv" : std::string(targetName(curve.targets.front()));
}

}  // namespace

std::vector<SweepCurve> defaultCurves(const ModelInfo& model) {
  std::vector<SweepCurve> curves;
  for (const Known& known : knownCurves(model))
    if (SweepCurve curve = curveOf(model, known); curve.freesCache)
      curves.push_back(std::move(curve));
  return curves;
}

SweepCurve namedCurve(const ModelInfo& model, const std::string& name) {
  std::string names;
  for (const Known& known : knownCurves(model)) {
    if (known.name == name) return curveOf(model, known);
    names += (names.empty() ? "" : ", ") + std::string(known.name);
  }
  throw Error(ErrorCode::InvalidArgument,
              {.message = fmt::format("{} has no such target", model.family),
               .file = {},
               .place = "--targets",
               .expected = names,
               .found = fmt::format("\"{}\"", name),
               .advice = {}});
}

std::string rankSpec(const SweepCurve& curve, int rank, const std::string& keys) {
  std::string spec = fmt::format("{}:rank={}", targetText(curve), rank);
  if (curve.tap) spec += fmt::format(",tap={}", tapName(*curve.tap));
  return keys.empty() ? spec : spec + "," + keys;
}

std::string formatSpec(const SweepCurve& curve, const std::string& format) {
  std::string spec = fmt::format("{}:format={}", targetText(curve), format);
  if (curve.tap) spec += fmt::format(",tap={}", tapName(*curve.tap));
  return spec;
}

void setMeasured(SweepPoint& point, const Evaluation& plan) {
  point.tokensScored = plan.figures.tokensScored;
  point.deltaPplPercent = plan.figures.deltaPplPercent;
  point.interval = plan.figures.deltaInterval;
  point.klMean = plan.figures.divergence.klMean;
  point.top1Agreement = plan.figures.divergence.top1Agreement;
}

void arrangeCurve(SweepCurve& curve, std::span<const double> budgets) {
  std::stable_sort(
      curve.points.begin(), curve.points.end(),
      [](const SweepPoint& a, const SweepPoint& b) { return a.cacheRatio < b.cacheRatio; });
  StepPoints steps;
  for (const SweepPoint& point : curve.points)
    if (point.format.empty()) steps.emplace(curve.dim - point.rank, point);
  curve.safe.clear();
  if (curve.freesCache && !steps.empty())
    for (const double budget : budgets) curve.safe.push_back(safeRatio(budget, steps));
}

void markFront(std::span<SweepCurve> curves) {
  const auto beats = [](const SweepPoint& a, const SweepPoint& b) {
    return a.cacheRatio >= b.cacheRatio && a.deltaPplPercent <= b.deltaPplPercent &&
           (a.cacheRatio > b.cacheRatio || a.deltaPplPercent < b.deltaPplPercent);
  };
  for (SweepCurve& curve : curves)
    for (SweepPoint& point : curve.points) {
      point.onFront = curve.freesCache && std::isfinite(point.deltaPplPercent);
      for (const SweepCurve& other : curves)
        for (const SweepPoint& rival : other.points)
          if (other.freesCache && beats(rival, point)) point.onFront = false;
    }
}

}  // namespace kvloupe
