// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <array>

#include "io/run_store/cells.hpp"
#include "io/run_store/records.hpp"

namespace kvloupe::hdf5 {
namespace {

constexpr std::array<std::string_view, 3> kStates = {"found", "fails", "undecided"};
constexpr std::array<std::string_view, 4> kRulings = {"holds", "reversed", "does not hold",
                                                      "undecided"};

template <typename Enum, std::size_t N>
Enum enumOf(const GroupReader& group, const std::string& dataset, const std::string& name,
            const std::array<std::string_view, N>& names) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name) return static_cast<Enum>(i);
  group.refuse(dataset, "unknown word", fmt::format("{}", fmt::join(names, ", ")), name);
}

Target targetOf(const GroupReader& group, const std::string& name) {
  for (std::size_t i = 0; i < kTargetNames.size(); ++i)
    if (kTargetNames[i] == name) return static_cast<Target>(i);
  group.refuse("targets", "unknown target", "k, v, latent or rope_key", name);
}

template <typename Entries>
auto entryCells(Entries& entries, const std::string& axis) {
  using Entry = std::remove_reference_t<decltype((entries.front()))>;
  Cells<Entry> grid{{entries.size()}, {axis}, {}};
  for (auto& entry : entries) grid.cells.push_back(&entry);
  return grid;
}

template <typename Entry, typename Get>
std::vector<std::string> textsOf(const std::vector<Entry>& entries, Get get) {
  std::vector<std::string> texts;
  for (const Entry& entry : entries) texts.emplace_back(get(entry));
  return texts;
}

void writePoints(const GroupWriter& group, const std::vector<SweepPoint>& points) {
  const auto grid = entryCells(points, "point");
  using Point = const SweepPoint;
  const auto put = [&](const std::string& name, const std::string& units, auto get) {
    writeScalars<double>(group, name, units, grid, get);
  };
  group.texts("spec", textsOf(points, [](Point& p) { return p.specText; }), "point");
  group.texts("format", textsOf(points, [](Point& p) { return p.format; }), "point");
  writeScalars<std::int64_t>(group, "rank", "1", grid, [](Point& p) { return p.rank; });
  put("tensor_ratio", "1", [](Point& p) { return p.tensorRatio; });
  put("cache_ratio", "1", [](Point& p) { return p.cacheRatio; });
  put("bytes_per_token", "bytes", [](Point& p) { return p.bytesPerToken; });
  writeScalars<std::int64_t>(group, "tokens_scored", "tokens", grid,
                             [](Point& p) { return p.tokensScored; });
  put("delta_ppl_percent", "percent", [](Point& p) { return p.deltaPplPercent; });
  put("delta_ppl_low", "percent", [](Point& p) { return p.interval ? p.interval->low : absent(); });
  put("delta_ppl_high", "percent",
      [](Point& p) { return p.interval ? p.interval->high : absent(); });
  put("kl_mean", "nats", [](Point& p) { return p.klMean; });
  put("top1_agreement", "1", [](Point& p) { return p.top1Agreement; });
  writeScalars<std::uint8_t>(group, "on_front", "1", grid, [](Point& p) { return p.onFront; });
  writeScalars<std::int64_t>(group, "plan", "1", grid, [](Point& p) { return p.plan; });
}

std::vector<SweepPoint> readPoints(const GroupReader& group) {
  const std::vector<std::string> specs = group.texts("spec");
  const std::vector<std::string> formats = group.texts("format");
  std::vector<SweepPoint> points(specs.size());
  if (formats.size() != specs.size())
    group.refuse("format", "arrays of one group differ in length", fmt::format("{}", specs.size()),
                 fmt::format("{}", formats.size()));
  for (std::size_t i = 0; i < specs.size(); ++i) {
    points[i].specText = specs[i];
    points[i].format = formats[i];
  }
  const auto grid = entryCells(points, "point");
  using Point = SweepPoint;
  const auto figure = [&](const std::string& name, double Point::*member) {
    readScalars<double>(group, name, grid, [&](Point& p, double x) { p.*member = x; });
  };
  readScalars<std::int64_t>(group, "rank", grid,
                            [&](Point& p, std::int64_t x) { p.rank = group.toInt("rank", x); });
  figure("tensor_ratio", &Point::tensorRatio);
  figure("cache_ratio", &Point::cacheRatio);
  figure("bytes_per_token", &Point::bytesPerToken);
  readScalars<std::int64_t>(group, "tokens_scored", grid,
                            [](Point& p, std::int64_t x) { p.tokensScored = x; });
  figure("delta_ppl_percent", &Point::deltaPplPercent);
  readScalars<double>(group, "delta_ppl_low", grid, [](Point& p, double x) {
    if (!isAbsent(x)) p.interval = Interval{x, 0};
  });
  readScalars<double>(group, "delta_ppl_high", grid, [](Point& p, double x) {
    if (p.interval) p.interval->high = x;
  });
  figure("kl_mean", &Point::klMean);
  figure("top1_agreement", &Point::top1Agreement);
  readScalars<std::uint8_t>(group, "on_front", grid,
                            [](Point& p, std::uint8_t x) { p.onFront = x != 0; });
  readScalars<std::int64_t>(group, "plan", grid,
                            [&](Point& p, std::int64_t x) { p.plan = group.toInt("plan", x); });
  return points;
}

void writeSafe(const GroupWriter& group, const SafeRatio& safe) {
  group.real("budget_percent", safe.budgetPercent);
  group.text("state", kStates[static_cast<std::size_t>(safe.state)]);
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
  safe.state = enumOf<SafeRatio::State>(group, "state", group.text("state"), kStates);
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
  group.textList("targets",
                 textsOf(curve.targets, [](Target target) { return targetName(target); }));
  if (curve.tap) group.text("tap", tapName(*curve.tap));
  group.integer("dim", curve.dim);
  group.flag("frees_cache", curve.freesCache);
  writePoints(group.group("points"), curve.points);
  const GroupWriter safe = group.group("safe");
  safe.integer("count", static_cast<std::int64_t>(curve.safe.size()));
  for (std::size_t i = 0; i < curve.safe.size(); ++i)
    writeSafe(safe.group(fmt::format("{:04}", i)), curve.safe[i]);
}

SweepCurve readCurve(const GroupReader& group) {
  SweepCurve curve;
  curve.name = group.text("name");
  curve.label = group.text("label");
  for (const std::string& name : group.textList("targets"))
    curve.targets.push_back(targetOf(group, name));
  if (const auto name = group.maybeText("tap")) {
    curve.tap = tapFromName(*name);
    if (!curve.tap) group.refuse("tap", "unknown tap", "k_prebias, k, k_rope, v, ...", *name);
  }
  curve.dim = group.intCount("dim");
  curve.freesCache = group.flag("frees_cache");
  curve.points = readPoints(group.group("points"));
  const GroupReader safe = group.group("safe");
  const std::int64_t count = safe.count("count");
  for (std::int64_t i = 0; i < count; ++i)
    curve.safe.push_back(readSafe(safe.group(fmt::format("{:04}", i))));
  return curve;
}

void writeVerdict(const GroupWriter& group, const Verdict& verdict) {
  group.real("half_rank_difference", verdict.halfRankDifference);
  group.interval("half_rank_ci95", verdict.halfRankInterval);
  group.texts("sentences", verdict.sentences, "sentence");
  using Rule = const KeyRule;
  group.texts("curve", textsOf(verdict.rules, [](Rule& r) { return r.curve; }), "rule");
  group.texts(
      "ruling",
      textsOf(verdict.rules, [](Rule& r) { return kRulings[static_cast<std::size_t>(r.ruling)]; }),
      "rule");
  group.texts("reason", textsOf(verdict.rules, [](Rule& r) { return r.reason; }), "rule");
  writeScalars<double>(group, "budget_percent", "percent", entryCells(verdict.rules, "rule"),
                       [](Rule& r) { return r.budgetPercent; });
}

Verdict readVerdict(const GroupReader& group) {
  Verdict verdict;
  verdict.halfRankDifference = group.maybeReal("half_rank_difference");
  verdict.halfRankInterval = group.maybeInterval("half_rank_ci95");
  verdict.sentences = group.texts("sentences");
  const auto curves = group.texts("curve"), rulings = group.texts("ruling"),
             reasons = group.texts("reason");
  if (rulings.size() != curves.size() || reasons.size() != curves.size())
    group.refuse("ruling", "arrays of one group differ in length", fmt::format("{}", curves.size()),
                 fmt::format("{}", rulings.size()));
  verdict.rules.resize(curves.size());
  for (std::size_t i = 0; i < curves.size(); ++i) {
    verdict.rules[i].curve = curves[i];
    verdict.rules[i].ruling = enumOf<Ruling>(group, "ruling", rulings[i], kRulings);
    verdict.rules[i].reason = reasons[i];
  }
  readScalars<double>(group, "budget_percent", entryCells(verdict.rules, "rule"),
                      [](KeyRule& r, double x) { r.budgetPercent = x; });
  return verdict;
}

}  // namespace

void writeSweep(const GroupWriter& group, const Sweep& sweep) {
  writeSetting(group, sweep.setting);
  group.text("method", sweep.method);
  group.flag("complete", sweep.complete);
  group.array<double>("budgets", sweep.budgets, {sweep.budgets.size()}, {"percent", {"budget"}});
  const GroupWriter curves = group.group("curves");
  curves.integer("count", static_cast<std::int64_t>(sweep.curves.size()));
  for (std::size_t i = 0; i < sweep.curves.size(); ++i)
    writeCurve(curves.group(fmt::format("{:04}", i)), sweep.curves[i]);
  if (sweep.verdict) writeVerdict(group.group("verdict"), *sweep.verdict);
}

Sweep readSweep(const GroupReader& group) {
  Sweep sweep;
  sweep.setting = readSetting(group);
  sweep.method = group.text("method");
  sweep.complete = group.flag("complete");
  sweep.budgets = group.array<double>("budgets", {kAny}).values;
  const GroupReader curves = group.group("curves");
  const std::int64_t count = curves.count("count");
  for (std::int64_t i = 0; i < count; ++i)
    sweep.curves.push_back(readCurve(curves.group(fmt::format("{:04}", i))));
  if (group.has("verdict")) sweep.verdict = readVerdict(group.group("verdict"));
  return sweep;
}

}  // namespace kvloupe::hdf5
