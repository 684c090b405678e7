// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/additive_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "common/error.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"

namespace kvloupe {
namespace {

constexpr double kLeastNll = 1e-7;   // nats: a power law needs more than nothing
constexpr double kLeastDrop = 1e-9;  // likewise
constexpr int kFewest = 3;           // plans that an interval is learned from
constexpr double kTwoSided95 = 1.96;

struct Point {
  double drop = 0, deltaNll = 0;
};

/// A power law through neighbours of points in ascending order of their drop; beyond them through
/// the last two, and through one alone in proportion.
double interpolated(const std::vector<Point>& points, double drop) {
  const auto law = [&](const Point& at, double slope) {
    return at.deltaNll * std::pow(drop / at.drop, slope);
  };
  if (points.size() == 1) return law(points.front(), 1);
  auto right = std::find_if(points.begin() + 1, points.end() - 1,
                            [&](const Point& point) { return point.drop >= drop; });
  const Point &a = *(right - 1), &b = *right;
  const double slope =
      b.drop > a.drop ? std::log(b.deltaNll / a.deltaNll) / std::log(b.drop / a.drop) : 1;
  const bool beyond = drop < a.drop || drop > b.drop;
  const double kept = beyond ? std::clamp(slope, 0.5, 4.0) : slope;
  return law(std::abs(drop - a.drop) < std::abs(drop - b.drop) ? a : b, kept);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

AdditiveEstimate::AdditiveEstimate(const ModelInfo& model, const Analysis* analysis,
                                   std::span<const Evaluation* const> measured,
                                   const Sensitivity* sensitivity)
    : model_(model), analysis_(analysis) {
  if (sensitivity != nullptr && !sensitivity->cells.empty()) learn(*sensitivity);
  for (const Evaluation* evaluation : measured) {
    const double deltaNll = std::log1p(evaluation->figures.deltaPplPercent / 100);
    if (evaluation->specs.empty() || !std::isfinite(deltaNll)) continue;
    const auto& interval = evaluation->figures.deltaInterval;
    try {
      known_.push_back({.drops = dropsOf(resolvePlan(evaluation->specs, model_)),
                        .deltaNll = std::max(deltaNll, kLeastNll),
                        .told = interval && interval->low > 0});
    } catch (const Error&) {
      continue;  // a plan that this model cannot have
    }
  }
  factors_ = logFactors();
}

double AdditiveEstimate::dropped(int layer, Target target, const Chain& chain) const {
  if (!chain.rank) return 1;
  const int dim = rankDimension(model_, target, chain.scope);
  const double share = 1 - double(*chain.rank) / dim;
  const TapStatistics* tap = analysis_ == nullptr ? nullptr : analysis_->find(layer, chain.tap);
  if (tap == nullptr || chain.scope != Scope::Head || chain.basis == Basis::Random) return share;
  double sum = 0;
  int heads = 0;
  for (const HeadStatistics& head : tap->heads) {
    const double all = std::accumulate(head.eigenvalues.begin(), head.eigenvalues.end(), 0.0);
    if (!(all > 0) || head.eigenvalues.size() != std::size_t(dim)) return share;
    sum +=
        std::accumulate(head.eigenvalues.begin() + *chain.rank, head.eigenvalues.end(), 0.0) / all;
    ++heads;
  }
  return heads == 0 ? share : std::max(sum / heads, 0.0);
}

AdditiveEstimate::Drops AdditiveEstimate::dropsOf(const Plan& plan) const {
  Drops drops;
  for (const auto& [where, chain] : plan.chains) {
    Kind kind{where.second, chain};
    kind.second.rank = chain.rank ? std::optional(0) : std::nullopt;
    const auto weight = weights_.find(where);
    const double share = weight != weights_.end() ? weight->second : 1.0 / model_.numLayers;
    const double drop = share * dropped(where.first, where.second, chain);
    const auto found = std::find_if(drops.begin(), drops.end(),
                                    [&](const auto& each) { return each.first == kind; });
    if (found != drops.end())
      found->second += drop;
    else
      drops.emplace_back(kind, drop);
  }
  for (auto& [kind, drop] : drops) drop = std::max(drop, kLeastDrop);
  return drops;
}

void AdditiveEstimate::learn(const Sensitivity& sensitivity) {
  Plan plan;
  try {
    plan = resolvePlan(parseSpecs(sensitivity.specText), model_);
  } catch (const Error&) {
    return;
  }
  for (std::size_t c = 0; c < sensitivity.columns.size(); ++c) {
    const auto target = targetFromName(sensitivity.columns[c]);
    if (!target) continue;  // both together
    double sum = 0, weighed = 0;
    std::map<int, double> perDrop;
    for (const SensitivityCell& cell : sensitivity.cells) {
      const auto chain = plan.chains.find({cell.layer, *target});
      if (cell.column != int(c) || chain == plan.chains.end()) continue;
      const double damage = std::max(cell.deltaNll, kLeastNll);
      const double drop = std::max(dropped(cell.layer, *target, chain->second), kLeastDrop);
      perDrop[cell.layer] = damage / drop;
      sum += damage;
      weighed += damage / drop;
    }
    if (perDrop.empty()) continue;
    for (const auto& [layer, each] : perDrop) weights_[{layer, *target}] = each / weighed;
    Plan alone;
    for (const auto& [where, chain] : plan.chains)
      if (where.second == *target) alone.chains.insert({where, chain});
    known_.push_back({.drops = dropsOf(alone), .deltaNll = sum, .told = false});
  }
}

std::optional<AdditiveEstimate::Guess> AdditiveEstimate::guess(const Drops& drops,
                                                               const Known* without) const {
  // Plans of exactly these kinds, by the sum of their drops.
  const auto alike = [&](const Drops& wanted) {
    std::vector<Point> points;
    for (const Known& known : known_) {
      if (&known == without || known.drops.size() != wanted.size()) continue;
      Point point{.drop = 0, .deltaNll = known.deltaNll};
      bool same = true;
      for (const auto& [kind, drop] : wanted) {
        const auto found = std::find_if(known.drops.begin(), known.drops.end(),
                                        [&](const auto& each) { return each.first == kind; });
        same = same && found != known.drops.end();
        if (same) point.drop += found->second;
      }
      if (same) points.push_back(point);
    }
    std::sort(points.begin(), points.end(),
              [](const Point& a, const Point& b) { return a.drop < b.drop; });
    return points;
  };
  Guess sum;
  bool each = true;
  for (const auto& one : drops) {
    const std::vector<Point> points = alike({one});
    each = each && !points.empty();
    if (!each) break;
    sum.deltaNll += interpolated(points, one.second);
    sum.learnedFrom += int(points.size());
  }
  if (each && !drops.empty()) return sum;
  const std::vector<Point> points = alike(drops);
  if (points.empty() || drops.empty()) return std::nullopt;
  double drop = 0;
  for (const auto& one : drops) drop += one.second;
  return Guess{interpolated(points, drop), int(points.size())};
}

std::vector<double> AdditiveEstimate::logFactors() const {
  std::vector<double> factors;
  for (const Known& known : known_) {
    if (!known.told) continue;
    if (const auto other = guess(known.drops, &known))
      factors.push_back(std::log(std::max(other->deltaNll, kLeastNll) / known.deltaNll));
  }
  return factors;
}

std::optional<PlanEstimate> AdditiveEstimate::of(const Plan& plan) const {
  const auto guessed = guess(dropsOf(plan), nullptr);
  if (!guessed) return std::nullopt;
  const auto percent = [](double nll) { return 100 * std::expm1(nll); };
  PlanEstimate estimate{.deltaPplPercent = percent(guessed->deltaNll),
                        .interval = {},
                        .learnedFrom = guessed->learnedFrom};
  if (!std::isfinite(estimate.deltaPplPercent)) return std::nullopt;
  if (int(factors_.size()) < kFewest) return estimate;
  double squares = 0;
  for (const double factor : factors_) squares += factor * factor;
  const double spread = kTwoSided95 * std::sqrt(squares / double(factors_.size()));
  estimate.interval = Interval{percent(guessed->deltaNll * std::exp(-spread)),
                               percent(guessed->deltaNll * std::exp(spread))};
  if (!std::isfinite(estimate.interval->high)) estimate.interval.reset();
  return estimate;
}

EstimateRecord AdditiveEstimate::record() const {
  if (factors_.empty()) return {};
  std::vector<double> factors = factors_;
  for (double& factor : factors) factor = std::abs(factor);
  return {.plans = int(factors.size()), .typicalFactor = std::exp(median(factors))};
}

}  // namespace kvloupe
