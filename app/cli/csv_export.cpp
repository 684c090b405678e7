// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/csv_export.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "common/error.hpp"

namespace kvloupe::cli {
namespace {

std::string cell(double value) { return std::isfinite(value) ? fmt::format("{}", value) : ""; }
std::string cell(const std::optional<double>& value) { return value ? cell(*value) : ""; }
std::string cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}
std::string low(const std::optional<Interval>& interval) {
  return interval ? cell(interval->low) : "";
}
std::string high(const std::optional<Interval>& interval) {
  return interval ? cell(interval->high) : "";
}

std::string spreadCells(const SpreadStatistics& s) {
  return fmt::format("{},{},{},{},{},{},{}", cell(s.spread), low(s.spreadInterval),
                     high(s.spreadInterval), cell(s.robustSpread), cell(s.meanSigma),
                     cell(s.noiseFloor.median), cell(s.noiseFloor.p97_5));
}

std::string layersCsv(const Analysis& analysis) {
  std::string csv =
      "layer,tap,head,tokens,nonfinite,spread,spread_low,spread_high,robust_spread,mean_sigma,"
      "noise_floor_median,noise_floor_p97_5,rank_90,rank_95,rank_99,participation_ratio\n";
  for (const TapStatistics& tap : analysis.taps) {
    csv += fmt::format("{},{},joined,{},{},{},,,,\n", tap.layer, tapName(tap.tap), tap.tokens,
                       tap.nonfinite, spreadCells(tap.joined));
    for (std::size_t h = 0; h < tap.heads.size(); ++h) {
      const HeadStatistics& head = tap.heads[h];
      csv += fmt::format("{},{},{},{},,{},{},{},{},{}\n", tap.layer, tapName(tap.tap), h,
                         tap.tokens, spreadCells(head), head.rank90, head.rank95, head.rank99,
                         cell(head.participation));
    }
  }
  return csv;
}

std::string dimensionsCsv(const Analysis& analysis) {
  std::string csv = "layer,tap,head,dimension,sigma,mean,min,max,nonfinite\n";
  for (const TapStatistics& tap : analysis.taps)
    for (std::size_t h = 0; h < tap.heads.size(); ++h) {
      const HeadStatistics& head = tap.heads[h];
      for (std::size_t d = 0; d < head.sigma.size(); ++d)
        csv += fmt::format("{},{},{},{},{},{},{},{},{}\n", tap.layer, tapName(tap.tap), h, d,
                           cell(head.sigma[d]), cell(head.mean[d]), cell(head.min[d]),
                           cell(head.max[d]), head.nonfinite[d]);
    }
  return csv;
}

std::string spectrumCsv(const Analysis& analysis) {
  std::string csv = "layer,tap,head,component,eigenvalue\n";
  for (const TapStatistics& tap : analysis.taps)
    for (std::size_t h = 0; h < tap.heads.size(); ++h)
      for (std::size_t i = 0; i < tap.heads[h].eigenvalues.size(); ++i)
        csv += fmt::format("{},{},{},{},{}\n", tap.layer, tapName(tap.tap), h, i,
                           cell(tap.heads[h].eigenvalues[i]));
  return csv;
}

std::string perplexityRow(const Evaluation& e) {
  const EvaluationFigures& f = e.figures;
  const Divergence& d = f.divergence;
  return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", cell(e.specText),
                     e.protocol, e.context, f.tokensScored, f.windows, cell(f.baseline.ppl),
                     cell(f.compressed.ppl), cell(f.deltaPplPercent), low(f.deltaInterval),
                     high(f.deltaInterval), cell(d.klMean), cell(d.klMedian), cell(d.klP99),
                     cell(d.klMax), cell(d.top1Agreement), cell(d.meanDeltaP), cell(d.rmsDeltaP),
                     cell(e.accounting.cacheRatio));
}

std::string perplexityCsv(const ModelRun& run) {
  std::string csv =
      "compress,protocol,context,tokens_scored,windows,baseline_ppl,ppl,delta_ppl_percent,"
      "delta_ppl_low,delta_ppl_high,kl_mean,kl_median,kl_p99,kl_max,top1_agreement,mean_delta_p,"
      "rms_delta_p,cache_ratio\n";
  if (run.baseline) csv += perplexityRow(*run.baseline);
  for (const Evaluation& plan : run.plans) csv += perplexityRow(plan);
  return csv;
}

std::string tokensCsv(const ModelRun& run) {
  std::string csv = "compress,token,baseline_nll,nll,kl,same_top1\n";
  const auto add = [&](const Evaluation& e) {
    for (std::size_t t = 0; t < e.baselineNll.size(); ++t)
      csv += fmt::format("{},{},{},{},{},{}\n", cell(e.specText), t, e.baselineNll[t],
                         t < e.nll.size() ? fmt::format("{}", e.nll[t]) : "",
                         t < e.kl.size() ? fmt::format("{}", e.kl[t]) : "",
                         t < e.sameTop1.size() ? fmt::format("{}", e.sameTop1[t]) : "");
  };
  if (run.plans.empty() && run.baseline) add(*run.baseline);
  for (const Evaluation& plan : run.plans) add(plan);
  return csv;
}

std::string sensitivityCsv(const Sensitivity& sensitivity) {
  std::string csv =
      "layer,target,delta_nll,delta_nll_low,delta_nll_high,delta_ppl_percent,delta_ppl_low,"
      "delta_ppl_high,kl_mean,top1_agreement,bits_saved\n";
  for (const SensitivityCell& c : sensitivity.cells)
    csv += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", c.layer,
                       sensitivity.columns[std::size_t(c.column)], cell(c.deltaNll),
                       low(c.deltaNllInterval), high(c.deltaNllInterval), cell(c.deltaPplPercent),
                       low(c.interval), high(c.interval), cell(c.klMean), cell(c.top1Agreement),
                       cell(c.bitsSaved));
  return csv;
}

std::string sweepCsv(const Sweep& sweep) {
  std::string csv =
      "curve,compress,rank,format,tensor_ratio,cache_ratio,bytes_per_token,tokens_scored,"
      "delta_ppl_percent,delta_ppl_low,delta_ppl_high,kl_mean,top1_agreement,on_front\n";
  for (const SweepCurve& curve : sweep.curves)
    for (const SweepPoint& p : curve.points)
      csv += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", curve.name,
                         cell(p.specText), p.rank, p.format, cell(p.tensorRatio),
                         cell(p.cacheRatio), cell(p.bytesPerToken), p.tokensScored,
                         cell(p.deltaPplPercent), low(p.interval), high(p.interval), cell(p.klMean),
                         cell(p.top1Agreement), p.onFront ? 1 : 0);
  return csv;
}

}  // namespace

std::string csvOf(const ModelRun& run, const std::string& what, const std::string& file) {
  const bool evaluated = run.baseline || !run.plans.empty();
  const std::array<bool, kExports.size()> held = {run.analysis.has_value(),
                                                  run.analysis.has_value(),
                                                  run.analysis.has_value(),
                                                  evaluated,
                                                  evaluated,
                                                  run.sensitivity.has_value(),
                                                  run.sweep.has_value()};
  const auto which = std::ranges::find(kExports, what);
  if (which == kExports.end())
    throw Error(ErrorCode::InvalidArgument,
                {.message = "no such table",
                 .file = {},
                 .place = "--what",
                 .expected = fmt::format("{}", fmt::join(kExports, ", ")),
                 .found = fmt::format("\"{}\"", what),
                 .advice = {}});
  if (!held[std::size_t(which - kExports.begin())]) {
    std::vector<std::string_view> others;
    for (std::size_t i = 0; i < held.size(); ++i)
      if (held[i]) others.emplace_back(kExports[i]);
    throw Error(ErrorCode::NotFound,
                {.message = "the run holds nothing of this kind",
                 .file = file,
                 .place = "--what",
                 .expected = others.empty() ? "a run that holds a figure"
                                            : fmt::format("{}", fmt::join(others, ", ")),
                 .found = what,
                 .advice = {}});
  }
  if (what == "layers") return layersCsv(*run.analysis);
  if (what == "dimensions") return dimensionsCsv(*run.analysis);
  if (what == "spectrum") return spectrumCsv(*run.analysis);
  if (what == "perplexity") return perplexityCsv(run);
  if (what == "tokens") return tokensCsv(run);
  if (what == "sensitivity") return sensitivityCsv(*run.sensitivity);
  return sweepCsv(*run.sweep);
}

bool beginsAsTable(std::string_view start) {
  return start.starts_with("layer,") || start.starts_with("compress,") ||
         start.starts_with("curve,");
}

}  // namespace kvloupe::cli
