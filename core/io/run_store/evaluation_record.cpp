// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/run_store/cells.hpp"
#include "io/run_store/records.hpp"

namespace kvloupe::hdf5 {
namespace {

Target readTarget(const GroupReader& group, const std::string& attribute, const std::string& name) {
  for (std::size_t i = 0; i < kTargetNames.size(); ++i)
    if (kTargetNames[i] == name) return static_cast<Target>(i);
  group.refuse(attribute, "unknown target", "k, v, latent or rope_key", name);
}

template <typename Enum, std::size_t N>
std::string_view nameOf(Enum value, const std::array<std::string_view, N>& names) {
  return names[static_cast<std::size_t>(value)];
}

template <typename Enum, std::size_t N>
Enum named(const GroupReader& group, const std::string& attribute, const std::string& name,
           const std::array<std::string_view, N>& names) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name) return static_cast<Enum>(i);
  group.refuse(attribute, fmt::format("unknown {}", attribute),
               fmt::format("{}", fmt::join(names, ", ")), name);
}

void writeSpec(const GroupWriter& group, const CompressionSpec& spec) {
  std::vector<std::string> targets;
  for (const Target target : spec.targets) targets.emplace_back(targetName(target));
  group.textList("targets", targets);
  if (spec.rank) group.integer("rank", *spec.rank);
  group.real("keep_percent", spec.keepPercent);
  if (spec.tap) group.text("tap", tapName(*spec.tap));
  group.text("basis", nameOf(spec.basis, kBasisNames));
  group.text("scope", nameOf(spec.scope, kScopeNames));
  if (spec.centre) group.flag("centre", *spec.centre);
  group.text("rotate", nameOf(spec.rotation, kRotationNames));
  if (spec.format) group.text("format", nameOf(*spec.format, kFormatNames));
  if (spec.scale) group.text("scale", nameOf(*spec.scale, kScaleNames));
  if (spec.group) group.integer("group", *spec.group);
  group.integer("residual", spec.residual);
  group.integer("sink", spec.sink);
  group.unsignedInteger("seed", spec.seed);
  group.integerPairs("layers", spec.layers);
}

/// How a spec stores what it keeps.
void readStorage(const GroupReader& group, CompressionSpec& spec) {
  spec.centre = group.maybeFlag("centre");
  spec.rotation = named<Rotation>(group, "rotate", group.text("rotate"), kRotationNames);
  if (const auto name = group.maybeText("format"))
    spec.format = named<Format>(group, "format", *name, kFormatNames);
  if (const auto name = group.maybeText("scale"))
    spec.scale = named<Scale>(group, "scale", *name, kScaleNames);
  spec.group = group.maybeInt("group");
  if (spec.group && *spec.group < 1)
    group.refuse("group", "no tokens share a scale", "1 or more", fmt::format("{}", *spec.group));
  spec.residual = group.intCount("residual");
  spec.sink = group.intCount("sink");
  spec.seed = group.unsignedInteger("seed");
}

CompressionSpec readSpec(const GroupReader& group) {
  CompressionSpec spec;
  for (const std::string& name : group.textList("targets"))
    spec.targets.push_back(readTarget(group, "targets", name));
  spec.rank = group.maybeInt("rank");
  spec.keepPercent = group.maybeReal("keep_percent");
  if (const auto name = group.maybeText("tap")) {
    spec.tap = tapFromName(*name);
    if (!spec.tap) group.refuse("tap", "unknown tap", "k_prebias, k, k_rope, v, ...", *name);
  }
  spec.basis = named<Basis>(group, "basis", group.text("basis"), kBasisNames);
  spec.scope = named<Scope>(group, "scope", group.text("scope"), kScopeNames);
  readStorage(group, spec);
  spec.layers = group.integerPairs("layers");
  return spec;
}

template <typename Targets>
auto targetCells(Targets& targets) {
  using Entry = std::remove_reference_t<decltype((targets.front()))>;
  Cells<Entry> grid{{targets.size()}, {"target"}, {}};
  for (auto& target : targets) grid.cells.push_back(&target);
  return grid;
}

void writeAccounting(const GroupWriter& group, const Accounting& accounting) {
  group.real("cache_ratio", accounting.cacheRatio);
  group.real("baseline_bytes_per_token", accounting.baselineBytesPerToken);
  group.real("bytes_per_token", accounting.bytesPerToken);
  group.real("paid_once_bytes", accounting.paidOnceBytes);
  std::vector<std::string> names;
  for (const TargetAccounting& t : accounting.targets) names.emplace_back(targetName(t.target));
  const GroupWriter targets = group.group("targets");
  targets.texts("target", names, "target");
  const auto grid = targetCells(accounting.targets);
  using Entry = const TargetAccounting;
  writeScalars<std::int64_t>(targets, "dim", "1", grid, [](Entry& t) { return t.dim; });
  writeScalars<std::int64_t>(targets, "rank", "1", grid, [](Entry& t) { return t.rank; });
  writeScalars<std::uint8_t>(targets, "uniform", "1", grid, [](Entry& t) { return t.uniform; });
  writeScalars<double>(targets, "kept", "1", grid, [](Entry& t) { return t.kept; });
  writeScalars<double>(targets, "tensor_ratio", "1", grid, [](Entry& t) { return t.tensorRatio; });
  writeScalars<double>(targets, "cache_ratio", "1", grid, [](Entry& t) { return t.cacheRatio; });
  writeScalars<double>(targets, "bytes_per_token", "bytes", grid,
                       [](Entry& t) { return t.bytesPerToken; });
}

Accounting readAccounting(const GroupReader& group) {
  Accounting accounting;
  accounting.cacheRatio = group.real("cache_ratio");
  accounting.baselineBytesPerToken = group.real("baseline_bytes_per_token");
  accounting.bytesPerToken = group.real("bytes_per_token");
  accounting.paidOnceBytes = group.real("paid_once_bytes");
  const GroupReader targets = group.group("targets");
  for (const std::string& name : targets.texts("target"))
    accounting.targets.emplace_back().target = readTarget(targets, "target", name);
  const auto grid = targetCells(accounting.targets);
  using Entry = TargetAccounting;
  const auto number = [&](const std::string& name, int Entry::*member) {
    readScalars<std::int64_t>(
        targets, name, grid, [&](Entry& t, std::int64_t x) { t.*member = targets.toInt(name, x); });
  };
  const auto figure = [&](const std::string& name, double Entry::*member) {
    readScalars<double>(targets, name, grid, [&](Entry& t, double x) { t.*member = x; });
  };
  number("dim", &Entry::dim);
  number("rank", &Entry::rank);
  readScalars<std::uint8_t>(targets, "uniform", grid,
                            [](Entry& t, std::uint8_t x) { t.uniform = x != 0; });
  figure("kept", &Entry::kept);
  figure("tensor_ratio", &Entry::tensorRatio);
  figure("cache_ratio", &Entry::cacheRatio);
  figure("bytes_per_token", &Entry::bytesPerToken);
  return accounting;
}

void writePerplexity(const GroupWriter& group, const std::string& prefix,
                     const PerplexityFigure& figure) {
  group.real(prefix + "nll_sum", figure.nllSum);
  group.real(prefix + "ppl", figure.ppl);
  group.interval(prefix + "ppl_ci95", figure.interval);
  group.real(prefix + "bits_per_byte", figure.bitsPerByte);
}

PerplexityFigure readPerplexity(const GroupReader& group, const std::string& prefix) {
  return {.nllSum = group.real(prefix + "nll_sum"),
          .ppl = group.real(prefix + "ppl"),
          .interval = group.maybeInterval(prefix + "ppl_ci95"),
          .bitsPerByte = group.real(prefix + "bits_per_byte")};
}

void writeFigures(const GroupWriter& group, const EvaluationFigures& figures) {
  group.integer("tokens_scored", figures.tokensScored);
  group.integer("tokens_planned", figures.tokensPlanned);
  group.integer("windows", figures.windows);
  group.integer("windows_planned", figures.windowsPlanned);
  group.flag("stopped_early", figures.stoppedEarly);
  writePerplexity(group, "baseline_", figures.baseline);
  writePerplexity(group, "", figures.compressed);
  group.real("delta_ppl_percent", figures.deltaPplPercent);
  group.interval("delta_ppl_ci95", figures.deltaInterval);
  const Divergence& d = figures.divergence;
  group.real("kl_mean", d.klMean);
  group.real("kl_median", d.klMedian);
  group.real("kl_p99", d.klP99);
  group.real("kl_max", d.klMax);
  group.interval("kl_mean_ci95", d.klInterval);
  group.real("top1_agreement", d.top1Agreement);
  group.interval("top1_agreement_ci95", d.top1Interval);
  group.real("mean_delta_p", d.meanDeltaP);
  group.real("rms_delta_p", d.rmsDeltaP);
}

EvaluationFigures readFigures(const GroupReader& group) {
  EvaluationFigures figures;
  figures.tokensScored = group.count("tokens_scored");
  figures.tokensPlanned = group.count("tokens_planned");
  figures.windows = group.intCount("windows");
  figures.windowsPlanned = group.intCount("windows_planned");
  figures.stoppedEarly = group.flag("stopped_early");
  figures.baseline = readPerplexity(group, "baseline_");
  figures.compressed = readPerplexity(group, "");
  figures.deltaPplPercent = group.real("delta_ppl_percent");
  figures.deltaInterval = group.maybeInterval("delta_ppl_ci95");
  Divergence& d = figures.divergence;
  d.klMean = group.real("kl_mean");
  d.klMedian = group.real("kl_median");
  d.klP99 = group.real("kl_p99");
  d.klMax = group.real("kl_max");
  d.klInterval = group.maybeInterval("kl_mean_ci95");
  d.top1Agreement = group.real("top1_agreement");
  d.top1Interval = group.maybeInterval("top1_agreement_ci95");
  d.meanDeltaP = group.real("mean_delta_p");
  d.rmsDeltaP = group.real("rms_delta_p");
  return figures;
}

void writeConvergence(const GroupWriter& group, const std::vector<ConvergencePoint>& points) {
  Cells<const ConvergencePoint> grid{{points.size()}, {"point"}, {}};
  for (const ConvergencePoint& point : points) grid.cells.push_back(&point);
  using Point = const ConvergencePoint;
  writeScalars<std::int64_t>(group, "tokens", "tokens", grid, [](Point& p) { return p.tokens; });
  writeScalars<double>(group, "delta_ppl_percent", "percent", grid,
                       [](Point& p) { return p.deltaPplPercent; });
  writeScalars<double>(group, "delta_ppl_low", "percent", grid,
                       [](Point& p) { return p.interval ? p.interval->low : absent(); });
  writeScalars<double>(group, "delta_ppl_high", "percent", grid,
                       [](Point& p) { return p.interval ? p.interval->high : absent(); });
}

std::vector<ConvergencePoint> readConvergence(const GroupReader& group) {
  const auto tokens = group.array<std::int64_t>("tokens", {kAny});
  const auto delta = group.array<double>("delta_ppl_percent", tokens.dims);
  const auto low = group.array<double>("delta_ppl_low", tokens.dims);
  const auto high = group.array<double>("delta_ppl_high", tokens.dims);
  std::vector<ConvergencePoint> points(tokens.values.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i] = {tokens.values[i], delta.values[i], std::nullopt};
    if (!isAbsent(low.values[i])) points[i].interval = Interval{low.values[i], high.values[i]};
  }
  return points;
}

void writePositions(const GroupWriter& group, const std::vector<PositionFigure>& positions) {
  Cells<const PositionFigure> grid{{positions.size()}, {"bin"}, {}};
  for (const PositionFigure& position : positions) grid.cells.push_back(&position);
  using Bin = const PositionFigure;
  writeScalars<std::int64_t>(group, "first", "1", grid, [](Bin& b) { return b.first; });
  writeScalars<std::int64_t>(group, "last", "1", grid, [](Bin& b) { return b.last; });
  writeScalars<std::int64_t>(group, "tokens", "tokens", grid, [](Bin& b) { return b.tokens; });
  writeScalars<double>(group, "delta_nll", "nats", grid, [](Bin& b) { return b.deltaNll; });
  writeScalars<double>(group, "delta_nll_low", "nats", grid,
                       [](Bin& b) { return b.interval ? b.interval->low : absent(); });
  writeScalars<double>(group, "delta_nll_high", "nats", grid,
                       [](Bin& b) { return b.interval ? b.interval->high : absent(); });
}

std::vector<PositionFigure> readPositions(const GroupReader& group) {
  const auto first = group.array<std::int64_t>("first", {kAny});
  const auto last = group.array<std::int64_t>("last", first.dims);
  const auto tokens = group.array<std::int64_t>("tokens", first.dims);
  const auto delta = group.array<double>("delta_nll", first.dims);
  const auto low = group.array<double>("delta_nll_low", first.dims);
  const auto high = group.array<double>("delta_nll_high", first.dims);
  std::vector<PositionFigure> positions(first.values.size());
  for (std::size_t i = 0; i < positions.size(); ++i) {
    positions[i] = {.first = group.toInt("first", first.values[i]),
                    .last = group.toInt("last", last.values[i]),
                    .tokens = tokens.values[i],
                    .deltaNll = delta.values[i]};
    if (!isAbsent(low.values[i])) positions[i].interval = Interval{low.values[i], high.values[i]};
  }
  return positions;
}

}  // namespace

void writeSetting(const GroupWriter& group, const EvaluationSetting& setting) {
  group.text("protocol", setting.protocol);
  group.integer("context", setting.context);
  group.integer("stride", setting.stride);
  group.unsignedInteger("seed", setting.seed);
  group.real("until", setting.until);
  group.integer("calibration_tokens", setting.calibrationTokens);
  group.flag("forced", setting.forced);
  writeText(group.group("text"), setting.text);
  if (setting.calibration) writeText(group.group("calibration"), *setting.calibration);
}

EvaluationSetting readSetting(const GroupReader& group) {
  EvaluationSetting setting;
  setting.protocol = group.text("protocol");
  setting.context = group.intCount("context");
  setting.stride = group.intCount("stride");
  setting.seed = group.unsignedInteger("seed");
  setting.until = group.maybeReal("until");
  setting.calibrationTokens = group.count("calibration_tokens");
  setting.forced = group.flag("forced");
  setting.text = readText(group.group("text"));
  if (group.has("calibration")) setting.calibration = readText(group.group("calibration"));
  return setting;
}

void writeEvaluation(const GroupWriter& group, const Evaluation& evaluation) {
  writeSetting(group, evaluation);
  group.text("spec", evaluation.specText);
  const GroupWriter specs = group.group("specs");
  specs.integer("count", static_cast<std::int64_t>(evaluation.specs.size()));
  for (std::size_t i = 0; i < evaluation.specs.size(); ++i)
    writeSpec(specs.group(fmt::format("{:04}", i)), evaluation.specs[i]);
  writeAccounting(group.group("accounting"), evaluation.accounting);
  writeFigures(group.group("figures"), evaluation.figures);
  writePositions(group.group("positions"), evaluation.figures.positions);
  writeConvergence(group.group("convergence"), evaluation.convergence);
  group.array<float>("nll", evaluation.nll, {evaluation.nll.size()}, {"nats", {"token"}});
  group.array<float>("baseline_nll", evaluation.baselineNll, {evaluation.baselineNll.size()},
                     {"nats", {"token"}});
  group.array<float>("kl", evaluation.kl, {evaluation.kl.size()}, {"nats", {"token"}});
  group.array<std::uint8_t>("same_top1", evaluation.sameTop1, {evaluation.sameTop1.size()},
                            {"1", {"token"}});
  const std::vector<std::int64_t> windowTokens(evaluation.windowTokens.begin(),
                                               evaluation.windowTokens.end());
  group.array<std::int64_t>("window_tokens", windowTokens, {windowTokens.size()},
                            {"tokens", {"window"}});
  group.array<std::uint8_t>("window_measured", evaluation.windowMeasured,
                            {evaluation.windowMeasured.size()}, {"1", {"window"}});
}

Evaluation readEvaluation(const GroupReader& group) {
  Evaluation evaluation;
  static_cast<EvaluationSetting&>(evaluation) = readSetting(group);
  evaluation.specText = group.text("spec");
  const GroupReader specs = group.group("specs");
  const std::int64_t numSpecs = specs.count("count");
  for (std::int64_t i = 0; i < numSpecs; ++i)
    evaluation.specs.push_back(readSpec(specs.group(fmt::format("{:04}", i))));
  evaluation.accounting = readAccounting(group.group("accounting"));
  evaluation.figures = readFigures(group.group("figures"));
  evaluation.figures.positions = readPositions(group.group("positions"));
  evaluation.convergence = readConvergence(group.group("convergence"));
  evaluation.nll = group.array<float>("nll", {kAny}).values;
  evaluation.baselineNll = group.array<float>("baseline_nll", {kAny}).values;
  evaluation.kl = group.array<float>("kl", {kAny}).values;
  evaluation.sameTop1 = group.array<std::uint8_t>("same_top1", {kAny}).values;
  for (const std::int64_t tokens : group.array<std::int64_t>("window_tokens", {kAny}).values)
    evaluation.windowTokens.push_back(group.toInt("window_tokens", tokens));
  evaluation.windowMeasured =
      group.array<std::uint8_t>("window_measured", {evaluation.windowTokens.size()}).values;
  return evaluation;
}

}  // namespace kvloupe::hdf5
