// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/question_tables.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "cli/table.hpp"
#include "types/format.hpp"

namespace kvloupe::cli {
namespace {

std::string safeText(const SafeRatio& safe) {
  switch (safe.state) {
    case SafeRatio::State::Found:
      return fmt::format("{}, rank {}, {}{}", formatRatio(*safe.ratio), safe.rank,
                         formatDeltaPplWithin(safe.deltaPplPercent, safe.interval),
                         safe.passesAgain ? ", not monotonic" : "");
    case SafeRatio::State::Fails:
      return "none: the first step fails";
    case SafeRatio::State::Undecided:
      break;
  }
  return "undecided";
}

void printHead(const ModelInfo& model, const EvaluationSetting& setting) {
  fmt::print("{} · {}, context {}, {}", model.name, setting.protocol, setting.context,
             setting.text.name);
  if (setting.calibration)
    fmt::print(", fitted on {}, {} tokens", setting.calibration->name,
               formatCount(setting.calibrationTokens));
  fmt::print("{}\n", setting.forced ? " (forced: the texts overlap)" : "");
}

}  // namespace

void printTable(const Sweep& sweep, const ModelInfo& model) {
  printHead(model, sweep.setting);
  fmt::print("{}; {} plans measured{}\n\n", sweep.method, sweep.plans.size(),
             sweep.complete ? "" : ": interrupted");
  Table safe;
  std::vector<std::string> head = {"Safe cache ratio"};
  for (const double budget : sweep.budgets) head.push_back(fmt::format("ΔPPL ≤ {:g} %", budget));
  safe.row(std::move(head));
  for (const SweepCurve& curve : sweep.curves) {
    std::vector<std::string> cells = {curve.label};
    for (const SafeRatio& ratio : curve.safe) cells.push_back(safeText(ratio));
    if (!curve.freesCache) cells.emplace_back("frees no cache");
    safe.row(std::move(cells));
  }
  safe.print();

  fmt::print("\n");
  Table points;
  points.row({"Plan", "cache", "B/token", "ΔPPL", "KL, mean", "same top-1", ""});
  for (const SweepCurve& curve : sweep.curves)
    for (const SweepPoint& point : curve.points)
      points.row({point.specText, formatRatio(point.cacheRatio),
                  formatCount(std::int64_t(point.bytesPerToken)),
                  formatDeltaPplWithin(point.deltaPplPercent, point.interval),
                  formatKlBare(point.klMean), formatKept(point.top1Agreement),
                  point.onFront ? "front" : ""});
  points.print();
  if (!sweep.verdict) return;
  fmt::print("\n");
  for (const std::string& sentence : sweep.verdict->sentences) fmt::print("{}\n", sentence);
}

void printTable(const Sensitivity& sensitivity, const ModelInfo& model) {
  printHead(model, sensitivity.setting);
  fmt::print("{}, one layer at a time; {} tokens scored in {} windows{}; baseline PPL {}\n\n",
             sensitivity.specText, formatCount(sensitivity.tokensScored), sensitivity.windows,
             sensitivity.complete() ? "" : fmt::format(" of {}", sensitivity.windowsPlanned),
             formatPpl(sensitivity.baselinePpl));
  Table table;
  std::vector<std::string> head = {"Layer"};
  for (const std::string& column : sensitivity.columns) head.push_back("ΔPPL, " + column);
  table.row(std::move(head));
  for (int layer = 0; layer < sensitivity.layers; ++layer) {
    std::vector<std::string> cells = {fmt::format("{}", layer)};
    for (int column = 0; column < int(sensitivity.columns.size()); ++column) {
      const SensitivityCell& cell = sensitivity.cell(layer, column);
      cells.push_back(formatDeltaPplWithin(cell.deltaPplPercent, cell.interval));
    }
    table.row(std::move(cells));
  }
  table.print();
  if (sensitivity.cumulative.empty()) return;
  fmt::print("\n");
  Table together;
  together.row({"Compressing more layers", "added", "estimate", "measured"});
  int column = -1, count = 0;
  for (const CumulativePoint& point : sensitivity.cumulative) {
    count = point.column == column ? count + 1 : 1;
    column = point.column;
    together.row({fmt::format("{}, {} layer{}", sensitivity.columns[std::size_t(column)], count,
                              count == 1 ? "" : "s"),
                  fmt::format("{}", point.layer), formatDeltaPpl(point.estimatePercent),
                  formatDeltaPplWithin(point.deltaPplPercent, point.interval)});
  }
  together.print();
}

void printTable(const Allocation& allocation, const ModelInfo& model) {
  printHead(model, allocation.setting);
  Table measured;
  measured.row({"", "cache", "B/token", "ΔPPL"});
  const auto row = [&](const std::string& name, const Evaluation& evaluation) {
    measured.row({name, formatRatio(evaluation.accounting.cacheRatio),
                  formatCount(std::int64_t(evaluation.accounting.bytesPerToken)),
                  formatDeltaPplWithin(evaluation.figures.deltaPplPercent,
                                       evaluation.figures.deltaInterval)});
  };
  if (!allocation.plan) {
    const auto windows = allocation.costs.windows.size();
    fmt::print("interrupted; single layers are measured in {} window{}\n\n", windows,
               windows == 1 ? "" : "s");
    for (const auto& plan : allocation.plans)
      row(plan->specs.empty() ? "uncompressed" : plan->specText, *plan);
    if (!allocation.plans.empty()) measured.print();
    return;
  }
  fmt::print("\n");
  Table choices;
  choices.row({"Layer", "target", "rank", "format", "bits saved", "ΔNLL alone"});
  for (const AllocationChoice& choice : allocation.choices)
    choices.row({fmt::format("{}", choice.layer), std::string(targetName(choice.target)),
                 fmt::format("{} / {}", choice.rank, choice.dim),
                 choice.format.empty() ? "16 bits" : choice.format,
                 formatCount(std::int64_t(choice.bitsSaved)), formatDeltaNll(choice.deltaNll)});
  choices.print();

  fmt::print("\n");
  row("This plan", *allocation.plan);
  if (allocation.uniform) row("All layers alike", *allocation.uniform);
  measured.print();
  fmt::print("\nEstimated before it was measured: ΔPPL {}\n",
             formatDeltaPpl(allocation.estimatePercent));
  fmt::print("This plan: {}\n",
             allocation.plan->specs.empty() ? "nothing is compressed" : allocation.plan->specText);
  if (allocation.uniform)
    fmt::print("All layers alike, at the nearest cache ratio that is no smaller: {}\n",
               allocation.uniform->specText);
  if (!allocation.met) fmt::print("What was asked for cannot be kept.\n");
}

}  // namespace kvloupe::cli
