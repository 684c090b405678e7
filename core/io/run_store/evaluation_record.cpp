// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "io/run_store/fields.hpp"
#include "io/run_store/lists.hpp"
#include "io/run_store/names.hpp"
#include "io/run_store/records.hpp"

namespace kvloupe::hdf5 {
namespace {

constexpr std::tuple kTargetFields{
    Field{"target", "text", &TargetAccounting::target},
    Field{"dim", "1", &TargetAccounting::dim},
    Field{"rank", "1", &TargetAccounting::rank},
    Field{"uniform", "1", &TargetAccounting::uniform},
    Field{"kept", "1", &TargetAccounting::kept},
    Field{"tensor_ratio", "1", &TargetAccounting::tensorRatio},
    Field{"cache_ratio", "1", &TargetAccounting::cacheRatio},
    Field{"bytes_per_token", "bytes", &TargetAccounting::bytesPerToken}};

constexpr std::tuple kConvergenceFields{
    Field{"tokens", "tokens", &ConvergencePoint::tokens},
    Field{"delta_ppl_percent", "percent", &ConvergencePoint::deltaPplPercent},
    Field{"delta_ppl", "percent", &ConvergencePoint::interval}};

constexpr std::tuple kPositionFields{Field{"first", "1", &PositionFigure::first},
                                     Field{"last", "1", &PositionFigure::last},
                                     Field{"tokens", "tokens", &PositionFigure::tokens},
                                     Field{"delta_nll", "nats", &PositionFigure::deltaNll},
                                     Field{"delta_nll", "nats", &PositionFigure::interval}};

void writeSpec(const GroupWriter& group, const CompressionSpec& spec) {
  group.textList("targets", namesOf(spec.targets));
  if (spec.rank) group.integer("rank", *spec.rank);
  group.real("keep_percent", spec.keepPercent);
  if (spec.tap) group.text("tap", nameOf(*spec.tap));
  group.text("basis", nameOf(spec.basis));
  group.text("scope", nameOf(spec.scope));
  if (spec.centre) group.flag("centre", *spec.centre);
  group.text("rotate", nameOf(spec.rotation));
  if (spec.format) group.text("format", nameOf(*spec.format));
  if (spec.scale) group.text("scale", nameOf(*spec.scale));
  if (spec.group) group.integer("group", *spec.group);
  group.integer("residual", spec.residual);
  group.integer("sink", spec.sink);
  group.unsignedInteger("seed", spec.seed);
  group.integerPairs("layers", spec.layers);
}

CompressionSpec readSpec(const GroupReader& group) {
  CompressionSpec spec;
  spec.targets = allNamed<Target>(group, "targets", group.textList("targets"));
  spec.rank = group.maybeInt("rank");
  spec.keepPercent = group.maybeReal("keep_percent");
  spec.tap = maybeNamed<Tap>(group, "tap");
  spec.basis = named<Basis>(group, "basis", group.text("basis"));
  spec.scope = named<Scope>(group, "scope", group.text("scope"));
  spec.centre = group.maybeFlag("centre");
  spec.rotation = named<Rotation>(group, "rotate", group.text("rotate"));
  spec.format = maybeNamed<Format>(group, "format");
  spec.scale = maybeNamed<Scale>(group, "scale");
  spec.group = group.maybeInt("group");
  if (spec.group && *spec.group < 1)
    group.refuse("group", "no tokens share a scale", "1 or more", fmt::format("{}", *spec.group));
  spec.residual = group.intCount("residual");
  spec.sink = group.intCount("sink");
  spec.seed = group.unsignedInteger("seed");
  spec.layers = group.integerPairs("layers");
  for (const auto& [first, last] : spec.layers)
    if (first < 0 || last < first)
      group.refuse("layers", "not a range of layers", "0 <= first <= last",
                   fmt::format("{} to {}", first, last));
  return spec;
}

void writeAccounting(const GroupWriter& group, const Accounting& accounting) {
  group.real("cache_ratio", accounting.cacheRatio);
  group.real("baseline_bytes_per_token", accounting.baselineBytesPerToken);
  group.real("bytes_per_token", accounting.bytesPerToken);
  group.real("paid_once_bytes", accounting.paidOnceBytes);
  writeEntries(group.group("targets"), "target", accounting.targets, kTargetFields);
}

Accounting readAccounting(const GroupReader& group) {
  Accounting accounting;
  accounting.cacheRatio = group.real("cache_ratio");
  accounting.baselineBytesPerToken = group.real("baseline_bytes_per_token");
  accounting.bytesPerToken = group.real("bytes_per_token");
  accounting.paidOnceBytes = group.real("paid_once_bytes");
  accounting.targets = readEntries<TargetAccounting>(group.group("targets"), kTargetFields);
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
  writeList(group.group("specs"), evaluation.specs, writeSpec);
  writeAccounting(group.group("accounting"), evaluation.accounting);
  writeFigures(group.group("figures"), evaluation.figures);
  writeEntries(group.group("positions"), "bin", evaluation.figures.positions, kPositionFields);
  writeEntries(group.group("convergence"), "point", evaluation.convergence, kConvergenceFields);
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
  const std::vector<std::int64_t> windowFirst(evaluation.windowFirst.begin(),
                                              evaluation.windowFirst.end());
  group.array<std::int64_t>("window_first", windowFirst, {windowFirst.size()}, {"1", {"window"}});
  group.array<std::uint8_t>("window_measured", evaluation.windowMeasured,
                            {evaluation.windowMeasured.size()}, {"1", {"window"}});
}

Evaluation readEvaluation(const GroupReader& group) {
  Evaluation evaluation;
  static_cast<EvaluationSetting&>(evaluation) = readSetting(group);
  evaluation.specText = group.text("spec");
  evaluation.specs = readList(group.group("specs"), readSpec);
  evaluation.accounting = readAccounting(group.group("accounting"));
  evaluation.figures = readFigures(group.group("figures"));
  evaluation.figures.positions =
      readEntries<PositionFigure>(group.group("positions"), kPositionFields);
  evaluation.convergence =
      readEntries<ConvergencePoint>(group.group("convergence"), kConvergenceFields);
  evaluation.nll = group.array<float>("nll", {kAny}).values;
  evaluation.baselineNll = group.array<float>("baseline_nll", {kAny}).values;
  evaluation.kl = group.array<float>("kl", {kAny}).values;
  evaluation.sameTop1 = group.array<std::uint8_t>("same_top1", {kAny}).values;
  for (const std::int64_t tokens : group.array<std::int64_t>("window_tokens", {kAny}).values) {
    if (tokens < 0 || tokens > evaluation.context)
      group.refuse("window_tokens", "no such number of tokens in a window",
                   fmt::format("0 to {}", evaluation.context), fmt::format("{}", tokens));
    evaluation.windowTokens.push_back(static_cast<std::int32_t>(tokens));
  }
  if (group.has("window_first")) {  // older files have none
    const std::vector<std::int64_t> firsts =
        group.array<std::int64_t>("window_first", {evaluation.windowTokens.size()}).values;
    for (std::size_t w = 0; w < firsts.size(); ++w) {
      const std::int64_t last = evaluation.context - evaluation.windowTokens[w];
      if (firsts[w] < 0 || firsts[w] > last)
        group.refuse("window_first", "a position outside its window", fmt::format("0 to {}", last),
                     fmt::format("{}", firsts[w]));
      evaluation.windowFirst.push_back(static_cast<std::int32_t>(firsts[w]));
    }
  }
  evaluation.windowMeasured =
      group.array<std::uint8_t>("window_measured", {evaluation.windowTokens.size()}).values;
  return evaluation;
}

}  // namespace kvloupe::hdf5
