// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "cli/table.hpp"
#include "types/format.hpp"

namespace kvloupe::cli {
namespace {

std::string spreadText(const std::optional<double>& spread,
                       const std::optional<Interval>& interval = std::nullopt) {
  return spread ? formatSpreadBeside(*spread, interval) : "undefined";
}

std::string intervalText(const SpreadStatistics& statistics) {
  if (statistics.notToldFromNoise) return "not told from noise";
  return statistics.spreadInterval ? formatSpreadInterval(*statistics.spreadInterval) : kDash;
}

/// Of one head; of several, the range.
std::string rank95Text(const TapStatistics& tap) {
  const auto [least, most] = std::minmax_element(
      tap.heads.begin(), tap.heads.end(),
      [](const HeadStatistics& a, const HeadStatistics& b) { return a.rank95 < b.rank95; });
  if (least == tap.heads.end() || most->rank95 == 0) return kDash;
  const std::size_t dim = least->sigma.size();
  return least->rank95 == most->rank95
             ? fmt::format("{} / {}", least->rank95, dim)
             : fmt::format("{}–{} / {}", least->rank95, most->rank95, dim);
}

/// spread(K) / spread(V), on the row of K.
std::string ratioText(const Analysis& analysis, const TapStatistics& tap) {
  for (const KvRatio& ratio : analysis.kvRatios)
    if (ratio.layer == tap.layer && ratio.keyTap == tap.tap) return formatSpread(ratio.ratio);
  return kDash;
}

void pplRow(Table& table, const std::string& name, const PerplexityFigure& figure) {
  table.row({name, formatPpl(figure.ppl),
             figure.interval ? formatPplUncertainty(figure.ppl, *figure.interval) : "",
             figure.bitsPerByte > 0 ? fmt::format("{:.4f} bits/byte", figure.bitsPerByte) : ""});
}

std::string windowsText(const Evaluation& evaluation) {
  return fmt::format("{}, context {}, {}, {} tokens scored in {} window{}", evaluation.protocol,
                     evaluation.context, evaluation.text.name,
                     formatCount(evaluation.figures.tokensScored), evaluation.figures.windows,
                     evaluation.figures.windows == 1 ? "" : "s") +
         (evaluation.figures.stoppedEarly ? fmt::format(", stopped at ±{:g} %", *evaluation.until)
          : evaluation.figures.complete()
              ? ""
              : fmt::format(" of {}", evaluation.figures.windowsPlanned));
}

void printCompression(const Evaluation& evaluation) {
  const EvaluationFigures& figures = evaluation.figures;
  const Divergence& divergence = figures.divergence;
  Table quality;
  quality.row({"KL, mean", formatKl(divergence.klMean),
               fmt::format("median {}, p99 {}, max {}", formatKlBare(divergence.klMedian),
                           formatKlBare(divergence.klP99), formatKlBare(divergence.klMax))});
  quality.row({"Same top-1", formatKept(divergence.top1Agreement), ""});
  quality.row({"Δp, RMS", formatKept(divergence.rmsDeltaP),
               fmt::format("mean {}", formatDeltaPpl(100 * divergence.meanDeltaP))});
  quality.print();

  fmt::print("\n");
  Table cache;
  cache.row({"Target", "rank", "kept", "tensor ratio", "cache if alone", "B/token"});
  for (const TargetAccounting& target : evaluation.accounting.targets)
    cache.row({std::string(targetName(target.target)),
               fmt::format("{} / {}{}", target.rank, target.dim, target.uniform ? "" : " at most"),
               formatKept(target.kept), formatRatio(target.tensorRatio),
               formatRatio(target.cacheRatio), formatCount(std::int64_t(target.bytesPerToken))});
  cache.print();
  const Accounting& total = evaluation.accounting;
  fmt::print("\nWhole cache {}: {} of {}; paid once: {}\n", formatRatio(total.cacheRatio),
             formatBytesPerToken(total.bytesPerToken),
             formatBytesPerToken(total.baselineBytesPerToken),
             formatBytes(std::int64_t(total.paidOnceBytes)));
}

}  // namespace

void printTable(const ModelInfo& model) {
  Table table;
  const bool mla = model.attention == AttentionKind::Mla;
  table.row({"Model", model.name});
  table.row({"Family", fmt::format("{} · {}", model.family,
                                   mla                                  ? "MLA"
                                   : model.numKvHeads == model.numHeads ? "MHA"
                                   : model.numKvHeads == 1              ? "MQA"
                                                                        : "GQA")});
  table.row({"Layers", formatCount(model.numLayers)});
  table.row({"Heads", mla ? formatCount(model.numHeads)
                          : fmt::format("{} query, {} KV", model.numHeads, model.numKvHeads)});
  if (mla)
    table.row({"Latent", fmt::format("{} + rotary key {}", model.kvLoraRank, model.qkRopeHeadDim)});
  table.row({"Head dim", model.headDim == model.vHeadDim
                             ? formatCount(model.headDim)
                             : fmt::format("K {}, V {}", model.headDim, model.vHeadDim)});
  table.row({"Hidden size", formatCount(model.hiddenSize)});
  table.row({"Vocabulary", formatCount(model.vocabSize)});
  table.row({"Context", formatCount(model.maxPositions)});
  table.row({"Parameters", formatCount(model.parameterCount)});
  table.row({"Stored as", model.storedDtype.empty() ? kDash : model.storedDtype});
  table.row({"KV cache", fmt::format("{} B/token", formatCount(model.kvBytesPerToken))});
  if (!model.tokenizer.empty()) table.row({"Tokenizer", model.tokenizer});
  for (const std::string& warning : model.warnings) table.row({"Warning", warning});
  table.print();
}

void printTable(const Analysis& analysis, const ModelInfo& model) {
  fmt::print("{} · {}, {} tokens in {} window{} of {}\n\n", model.name, analysis.text.name,
             formatCount(analysis.tokens), analysis.windows, analysis.windows == 1 ? "" : "s",
             analysis.context);
  Table table;
  table.row({"Layer", "tap", "spread", "95 % interval", "noise floor", "robust", "mean σ",
             "rank_95", "largest head", "K/V", "non-finite"});
  for (const TapStatistics& tap : analysis.taps) {
    std::optional<double> largest;
    for (const HeadStatistics& head : tap.heads)
      if (head.spread && (!largest || *head.spread > *largest)) largest = head.spread;
    table.row({fmt::format("{}", tap.layer), std::string(tapName(tap.tap)),
               spreadText(tap.joined.spread, tap.joined.spreadInterval), intervalText(tap.joined),
               formatSpread(tap.joined.noiseFloor.median), spreadText(tap.joined.robustSpread),
               fmt::format("{:.3g}", tap.joined.meanSigma), rank95Text(tap), spreadText(largest),
               ratioText(analysis, tap), formatCount(tap.nonfinite)});
  }
  table.print();

  fmt::print("\n");
  Table layers;
  layers.row({"Over layers", "spread, mean", "median", "max", "robust, mean", "median", "max"});
  for (const TapSummary& tap : analysis.summaries) {
    std::vector<std::string> cells = {std::string(tapName(tap.tap))};
    for (const std::optional<OverLayers>& figure : {tap.spread, tap.robustSpread})
      for (const double OverLayers::*member :
           {&OverLayers::mean, &OverLayers::median, &OverLayers::max})
        cells.push_back(figure ? formatSpread((*figure).*member) : kDash);
    layers.row(std::move(cells));
  }
  layers.print();
}

void printTable(const Evaluation& evaluation, const ModelInfo& model) {
  const EvaluationFigures& figures = evaluation.figures;
  fmt::print("{} · {}\n", model.name, windowsText(evaluation));
  if (!evaluation.specs.empty()) {
    fmt::print("{}", evaluation.specText);
    if (evaluation.calibration)
      fmt::print(", fitted on {}, {} tokens", evaluation.calibration->name,
                 formatCount(evaluation.calibrationTokens));
    fmt::print("{}\n", evaluation.forced ? " (forced: the texts overlap)" : "");
  }
  fmt::print("\n");
  Table table;
  pplRow(table, evaluation.specs.empty() ? "PPL" : "Baseline PPL", figures.baseline);
  if (!evaluation.specs.empty()) {
    pplRow(table, "Compressed PPL", figures.compressed);
    // The figure and the interval in a column each.
    const std::string delta = formatDeltaPplWithin(figures.deltaPplPercent, figures.deltaInterval);
    const std::size_t bracket = delta.find(" [");
    table.row(
        {"ΔPPL", delta.substr(0, bracket),
         bracket == std::string::npos
             ? "no interval: fewer than 3 windows"
             : fmt::format("{}:{}", evaluation.until ? "98 %" : "95 %", delta.substr(bracket))});
  }
  table.print();
  if (!evaluation.specs.empty()) printCompression(evaluation);
}

}  // namespace kvloupe::cli
