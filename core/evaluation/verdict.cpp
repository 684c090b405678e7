// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/verdict.hpp"

#include <fmt/format.h>

#include <array>
#include <string>

#include "types/format.hpp"

namespace kvloupe {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"holds", "reversed", "does not hold",
                                                    "undecided"};

const SweepCurve* find(const Sweep& sweep, std::string_view name) {
  for (const SweepCurve& curve : sweep.curves)
    if (curve.name == name) return &curve;
  return nullptr;
}

const SafeRatio* at(const SweepCurve& curve, double budget) {
  for (const SafeRatio& safe : curve.safe)
    if (safe.budgetPercent == budget) return &safe;
  return nullptr;
}

/// S of the rule: untouched is 1.
std::optional<double> largestPassing(const SafeRatio& safe) {
  if (safe.state == SafeRatio::State::Undecided) return std::nullopt;
  return safe.ratio.value_or(1.0);
}

bool wide(const SafeRatio& safe) {
  return !safe.failsFrom || safe.bracketSteps > 2 || !largestPassing(safe);
}

std::string passingText(const std::string& who, const SafeRatio& safe) {
  return safe.state == SafeRatio::State::Found ? fmt::format("{} {}", who, formatRatio(*safe.ratio))
                                               : who + " untouched";
}

std::string failingText(const std::string& who, const SafeRatio& safe) {
  return fmt::format("{} fails from {}", who, formatRatio(*safe.failsFrom));
}

/// Where a target passes and where it fails, read once.
std::string bracketText(const SafeRatio& safe) {
  const std::string fails = safe.failsFrom ? formatRatio(*safe.failsFrom) : "";
  switch (safe.state) {
    case SafeRatio::State::Found:
      return fmt::format("passes at {}, {}", formatRatio(*safe.ratio),
                         safe.failsFrom ? "fails from " + fails : "is not seen to fail");
    case SafeRatio::State::Fails:
      return safe.failsFrom ? fmt::format("fails from its first step, {}", fails)
                            : "passes at no step";
    case SafeRatio::State::Undecided:
      break;
  }
  return safe.failsFrom ? fmt::format("is not seen to pass, fails from {}", fails)
                        : "is seen neither to pass nor to fail";
}

KeyRule rule(const SweepCurve& keys, const SafeRatio& key, const SafeRatio& value) {
  KeyRule result{.curve = keys.name, .budgetPercent = key.budgetPercent, .reason = {}};
  const auto passesV = largestPassing(value), passesK = largestPassing(key);
  if (passesV && key.failsFrom && *passesV > *key.failsFrom) {
    result.ruling = Ruling::Holds;
    result.reason = passingText("V", value) + ", " + failingText("K", key);
  } else if (passesK && value.failsFrom && *passesK > *value.failsFrom) {
    result.ruling = Ruling::Reversed;
    result.reason = passingText("K", key) + ", " + failingText("V", value);
  } else {
    result.ruling = wide(key) || wide(value) ? Ruling::Undecided : Ruling::DoesNotHold;
    const std::string inV = bracketText(value), inK = bracketText(key);
    result.reason = fmt::format("V {}; K {}", inV, inV == inK ? "likewise" : inK);
    if (result.ruling == Ruling::Undecided)
      result.reason += "; what lies between is too wide to tell";
  }
  return result;
}

std::string budgetText(double percent) { return fmt::format("{:g} %", percent); }

/// Which target goes furthest within a budget.
std::string bestSentence(const Sweep& sweep, double budget) {
  const SweepCurve* best = nullptr;
  bool open = false;
  for (const SweepCurve& curve : sweep.curves) {
    const SafeRatio* safe = at(curve, budget);
    if (safe == nullptr) continue;
    open = open || safe->state == SafeRatio::State::Undecided;
    if (!safe->ratio) continue;
    if (best == nullptr || *safe->ratio > *at(*best, budget)->ratio) best = &curve;
  }
  if (best == nullptr)
    return fmt::format("Within {} {}.", budgetText(budget),
                       open ? "nothing could be decided: the intervals are too wide"
                            : "no target can be compressed at all");
  const SafeRatio& safe = *at(*best, budget);
  return fmt::format("Within {}, {} goes furthest: rank {} of {}, whole cache {}, ΔPPL {}{}.",
                     budgetText(budget), best->label, safe.rank, best->dim,
                     formatRatio(*safe.ratio),
                     formatDeltaPplWithin(safe.deltaPplPercent, safe.interval),
                     safe.passesAgain ? ", although a smaller ratio did not pass" : "");
}

std::string keySentence(const SweepCurve& keys, const KeyRule& rule) {
  constexpr std::array<std::string_view, 4> kWords = {"holds", "is reversed", "does not hold",
                                                      "is undecided"};
  return fmt::format("“Don’t mess with K” {} at {} for {}: {}.", kWords[std::size_t(rule.ruling)],
                     budgetText(rule.budgetPercent), keys.label, rule.reason);
}

}  // namespace

std::string_view rulingName(Ruling ruling) { return kNames[std::size_t(ruling)]; }

Verdict verdictOf(const Sweep& sweep, std::optional<double> halfRankDifference,
                  std::optional<Interval> halfRankInterval) {
  Verdict verdict{.rules = {},
                  .halfRankDifference = halfRankDifference,
                  .halfRankInterval = halfRankInterval,
                  .sentences = {}};
  for (const double budget : sweep.budgets)
    verdict.sentences.push_back(bestSentence(sweep, budget));

  const SweepCurve* values = find(sweep, "v");
  for (const char* name : {"k_rope", "k"}) {
    const SweepCurve* keys = find(sweep, name);
    if (keys == nullptr || values == nullptr) continue;
    for (const double budget : sweep.budgets) {
      const SafeRatio* key = at(*keys, budget);
      const SafeRatio* value = at(*values, budget);
      if (key == nullptr || value == nullptr) continue;
      verdict.rules.push_back(rule(*keys, *key, *value));
      verdict.sentences.push_back(keySentence(*keys, verdict.rules.back()));
    }
  }
  if (halfRankDifference && halfRankInterval) {
    const Interval& interval = *halfRankInterval;
    const std::string figures =
        fmt::format("half rank, ΔNLL of K less that of V: {}, limit {}",
                    formatDeltaNll(*halfRankDifference, interval), kHalfRankLimit);
    KeyRule half{.curve = "k", .budgetPercent = 0, .reason = figures};
    half.ruling = interval.low > kHalfRankLimit    ? Ruling::Holds
                  : interval.high < kHalfRankLimit ? Ruling::DoesNotHold
                                                   : Ruling::Undecided;
    verdict.rules.push_back(half);
    verdict.sentences.push_back(fmt::format(
        "“Don’t mess with K” {} for K and V expanded from the latent, which free no "
        "cache: {}.",
        half.ruling == Ruling::Undecided ? "is undecided" : rulingName(half.ruling), figures));
  }
  verdict.sentences.push_back(fmt::format(
      "Measured at {} tokens of context, protocol {}, on {}: it says nothing of longer contexts.",
      sweep.setting.context, sweep.setting.protocol, sweep.setting.text.name));
  return verdict;
}

}  // namespace kvloupe
