// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run_store/fields.hpp"
#include "io/run_store/lists.hpp"
#include "io/run_store/names.hpp"
#include "io/run_store/records.hpp"

namespace kvloupe::hdf5 {
namespace {

constexpr std::tuple kPointFields{
    Field{"spec", "text", &SweepPoint::specText},
    Field{"format", "text", &SweepPoint::format},
    Field{"rank", "1", &SweepPoint::rank},
    Field{"tensor_ratio", "1", &SweepPoint::tensorRatio},
    Field{"cache_ratio", "1", &SweepPoint::cacheRatio},
    Field{"bytes_per_token", "bytes", &SweepPoint::bytesPerToken},
    Field{"tokens_scored", "tokens", &SweepPoint::tokensScored},
    Field{"delta_ppl_percent", "percent", &SweepPoint::deltaPplPercent},
    Field{"delta_ppl", "percent", &SweepPoint::interval},
    Field{"kl_mean", "nats", &SweepPoint::klMean},
    Field{"top1_agreement", "1", &SweepPoint::top1Agreement},
    Field{"on_front", "1", &SweepPoint::onFront},
    Field{"plan", "1", &SweepPoint::plan}};

constexpr std::tuple kRuleFields{Field{"curve", "text", &KeyRule::curve},
                                 Field{"ruling", "text", &KeyRule::ruling},
                                 Field{"reason", "text", &KeyRule::reason},
                                 Field{"budget_percent", "percent", &KeyRule::budgetPercent}};

void writeSafe(const GroupWriter& group, const SafeRatio& safe) {
  group.real("budget_percent", safe.budgetPercent);
  group.text("state", nameOf(safe.state));
  group.real("ratio", safe.ratio);
  group.integer("rank", safe.rank);
  group.real("delta_ppl_percent", safe.deltaPplPercent);
  group.interval("delta_ppl_ci95", safe.interval);
  group.real("fails_from", safe.failsFrom);
  group.integer("fails_from_rank", safe.failsFromRank);
  group.integer("bracket_steps", safe.bracketSteps);
  group.flag("confirmed", safe.confirmed);
  group.flag("passes_again", safe.passesAgain);
}

SafeRatio readSafe(const GroupReader& group) {
  SafeRatio safe;
  safe.budgetPercent = group.real("budget_percent");
  safe.state = named<SafeRatio::State>(group, "state", group.text("state"));
  safe.ratio = group.maybeReal("ratio");
  safe.rank = group.intCount("rank");
  safe.deltaPplPercent = group.real("delta_ppl_percent");
  safe.interval = group.maybeInterval("delta_ppl_ci95");
  safe.failsFrom = group.maybeReal("fails_from");
  safe.failsFromRank = group.intCount("fails_from_rank");
  safe.bracketSteps = group.intCount("bracket_steps");
  safe.confirmed = group.flag("confirmed");
  safe.passesAgain = group.flag("passes_again");
  return safe;
}

void writeCurve(const GroupWriter& group, const SweepCurve& curve) {
  group.text("name", curve.name);
  group.text("label", curve.label);
  group.textList("targets", namesOf(curve.targets));
  if (curve.tap) group.text("tap", nameOf(*curve.tap));
  group.integer("dim", curve.dim);
  group.flag("frees_cache", curve.freesCache);
  writeEntries(group.group("points"), "point", curve.points, kPointFields);
  writeList(group.group("safe"), curve.safe, writeSafe);
}

SweepCurve readCurve(const GroupReader& group) {
  SweepCurve curve;
  curve.name = group.text("name");
  curve.label = group.text("label");
  curve.targets = allNamed<Target>(group, "targets", group.textList("targets"));
  curve.tap = maybeNamed<Tap>(group, "tap");
  curve.dim = group.intCount("dim");
  curve.freesCache = group.flag("frees_cache");
  curve.points = readEntries<SweepPoint>(group.group("points"), kPointFields);
  curve.safe = readList(group.group("safe"), readSafe);
  return curve;
}

void writeVerdict(const GroupWriter& group, const Verdict& verdict) {
  group.real("half_rank_difference", verdict.halfRankDifference);
  group.interval("half_rank_ci95", verdict.halfRankInterval);
  group.texts("sentences", verdict.sentences, "sentence");
  writeEntries(group, "rule", verdict.rules, kRuleFields);
}

Verdict readVerdict(const GroupReader& group) {
  Verdict verdict;
  verdict.halfRankDifference = group.maybeReal("half_rank_difference");
  verdict.halfRankInterval = group.maybeInterval("half_rank_ci95");
  verdict.sentences = group.texts("sentences");
  verdict.rules = readEntries<KeyRule>(group, kRuleFields);
  return verdict;
}

}  // namespace

void writeSweep(const GroupWriter& group, const Sweep& sweep) {
  writeSetting(group, sweep.setting);
  group.text("method", sweep.method);
  group.flag("complete", sweep.complete);
  group.array<double>("budgets", sweep.budgets, {sweep.budgets.size()}, {"percent", {"budget"}});
  writeList(group.group("curves"), sweep.curves, writeCurve);
  if (sweep.verdict) writeVerdict(group.group("verdict"), *sweep.verdict);
}

Sweep readSweep(const GroupReader& group) {
  Sweep sweep;
  sweep.setting = readSetting(group);
  sweep.method = group.text("method");
  sweep.complete = group.flag("complete");
  sweep.budgets = group.array<double>("budgets", {kAny}).values;
  sweep.curves = readList(group.group("curves"), readCurve);
  if (group.has("verdict")) sweep.verdict = readVerdict(group.group("verdict"));
  return sweep;
}

}  // namespace kvloupe::hdf5
