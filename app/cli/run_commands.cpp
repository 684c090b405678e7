// SPDX-License-Identifier: GPL-3.0-or-later
// compare, merge, export: commands that read run files.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "cli/commands.hpp"
#include "cli/csv_export.hpp"
#include "cli/json_output.hpp"
#include "cli/json_questions.hpp"
#include "cli/question_tables.hpp"
#include "cli/table.hpp"
#include "cli/tables.hpp"
#include "common/error.hpp"
#include "engine/setting_json.hpp"
#include "evaluation/paired_difference.hpp"
#include "io/atomic_file.hpp"
#include "types/format.hpp"

namespace kvloupe::cli {
namespace {

/// One plan that both runs measured.
struct CommonPlan {
  const Evaluation* a = nullptr;
  const Evaluation* b = nullptr;
  std::optional<ClusteredMean> difference;  // NLL of b less that of a, nats a token
};

std::vector<CommonPlan> commonPlans(const ModelRun& a, const ModelRun& b) {
  std::vector<CommonPlan> common;
  const auto add = [&](const Evaluation& x, const Evaluation& y) {
    common.push_back({&x, &y, pairedDifference(y, x)});
  };
  if (a.baseline && b.baseline) add(*a.baseline, *b.baseline);
  for (const Evaluation& x : a.plans)
    for (const Evaluation& y : b.plans)
      if (x.specText == y.specText && x.protocol == y.protocol) add(x, y);
  return common;
}

/// Spreads of a layer and tap in both runs.
struct CommonLayer {
  const TapStatistics* a = nullptr;
  const TapStatistics* b = nullptr;
};

std::vector<CommonLayer> commonLayers(const ModelRun& a, const ModelRun& b) {
  std::vector<CommonLayer> common;
  if (!a.analysis || !b.analysis) return common;
  for (const TapStatistics& tap : a.analysis->taps)
    if (const TapStatistics* other = b.analysis->find(tap.layer, tap.tap))
      common.push_back({&tap, other});
  return common;
}

std::optional<Interval> intervalOf(const std::optional<ClusteredMean>& mean) {
  if (!mean || !mean->halfWidth) return std::nullopt;
  return Interval{mean->mean - *mean->halfWidth, mean->mean + *mean->halfWidth};
}

Json sideJson(const Evaluation& evaluation) {
  const bool compressed = !evaluation.specs.empty();
  const EvaluationFigures& figures = evaluation.figures;
  return {{"ppl", compressed ? figures.compressed.ppl : figures.baseline.ppl},
          {"delta_ppl_percent", figures.deltaPplPercent},
          {"delta_ppl_ci95", intervalJson(figures.deltaInterval)},
          {"cache_ratio", evaluation.accounting.cacheRatio},
          {"bits_per_byte",
           compressed ? figures.compressed.bitsPerByte : figures.baseline.bitsPerByte}};
}

Json verdictJson(const ModelRun& run) {
  if (!run.sweep || !run.sweep->verdict) return nullptr;
  return run.sweep->verdict->sentences;
}

Json compareJson(const ModelRun& a, const ModelRun& b) {
  Json layers = Json::array(), plans = Json::array();
  for (const CommonLayer& layer : commonLayers(a, b)) {
    const auto &x = layer.a->joined.spread, &y = layer.b->joined.spread;
    layers.push_back({{"layer", layer.a->layer},
                      {"tap", tapName(layer.a->tap)},
                      {"spread_a", orNull(x)},
                      {"spread_b", orNull(y)},
                      {"b_over_a", x && y ? Json(*y / *x) : Json(nullptr)}});
  }
  for (const CommonPlan& plan : commonPlans(a, b))
    plans.push_back({{"compress", plan.a->specText},
                     {"a", sideJson(*plan.a)},
                     {"b", sideJson(*plan.b)},
                     {"delta_nll", plan.difference ? Json(plan.difference->mean) : Json(nullptr)},
                     {"delta_nll_ci95", intervalJson(intervalOf(plan.difference))}});
  return {{"a", {{"model", a.model.name}, {"verdict", verdictJson(a)}}},
          {"b", {{"model", b.model.name}, {"verdict", verdictJson(b)}}},
          {"layers", layers},
          {"plans", plans}};
}

void printComparison(const ModelRun& a, const ModelRun& b) {
  fmt::print("A {} · B {}\n", a.model.name, b.model.name);
  const auto spread = [](const TapStatistics& tap) {
    return tap.joined.spread ? formatSpread(*tap.joined.spread) : std::string("undefined");
  };
  if (const auto layers = commonLayers(a, b); !layers.empty()) {
    fmt::print("\n");
    Table table;
    table.row({"Layer", "tap", "spread A", "spread B", "B / A"});
    for (const CommonLayer& layer : layers)
      table.row({fmt::format("{}", layer.a->layer), std::string(tapName(layer.a->tap)),
                 spread(*layer.a), spread(*layer.b),
                 layer.a->joined.spread && layer.b->joined.spread
                     ? formatSpread(*layer.b->joined.spread / *layer.a->joined.spread)
                     : kDash});
    table.print();
  }
  if (const auto plans = commonPlans(a, b); !plans.empty()) {
    fmt::print("\n");
    Table table;
    table.row({"Plan", "cache A", "ΔPPL A", "cache B", "ΔPPL B", "NLL of B less that of A"});
    for (const CommonPlan& plan : plans) {
      const auto interval = intervalOf(plan.difference);
      table.row(
          {plan.a->specText, formatRatio(plan.a->accounting.cacheRatio),
           formatDeltaPpl(plan.a->figures.deltaPplPercent),
           formatRatio(plan.b->accounting.cacheRatio),
           formatDeltaPpl(plan.b->figures.deltaPplPercent),
           !plan.difference ? "other tokens" : formatDeltaNll(plan.difference->mean, interval)});
    }
    table.print();
  }
  for (const auto& [name, run] : {std::pair{"A", &a}, std::pair{"B", &b}}) {
    if (!run->sweep || !run->sweep->verdict) continue;
    fmt::print("\n{}\n", name);
    for (const std::string& sentence : run->sweep->verdict->sentences) fmt::print("{}\n", sentence);
  }
}

/// Throws Error where the merged run would take the place of a part, which is needed to merge anew.
void refuseOverPart(const std::vector<std::string>& parts, const std::string& output) {
  for (const std::string& part : parts) {
    std::error_code absent;
    if (!std::filesystem::equivalent(part, output, absent) || absent) continue;
    throw Error(ErrorCode::InvalidArgument, {.message = "a part would be overwritten",
                                             .file = output,
                                             .place = "-o",
                                             .expected = "a file that is no part",
                                             .found = part,
                                             .advice = {}});
  }
}

/// Throws Error where something other than a table stands at `path`, such as the run itself.
void checkTablePath(const std::string& path) {
  checkWritable(path, "the table cannot be written");
  std::string start(16, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(start.data(), std::streamsize(start.size()));
  start.resize(std::size_t(file.gcount()));
  if (!start.empty() && !beginsAsTable(start))
    throw Error(ErrorCode::Malformed, {.message = "a file that is no table would be overwritten",
                                       .file = path,
                                       .place = {},
                                       .expected = "a table of a run, or none",
                                       .found = "another file",
                                       .advice = "Save elsewhere"});
}

}  // namespace

int compare(Engine& engine, const std::string& a, const std::string& b, const Output& output) {
  const Run first = engine.load(a), second = engine.load(b);
  if (output.json)
    print(compareJson(first.a, second.a));
  else
    printComparison(first.a, second.a);
  return 0;
}

int merge(Engine& engine, const std::vector<std::string>& parts, const Output& output) {
  refuseOverPart(parts, output.path);
  engine.checkSavePath(output.path);
  Run run = engine.merge(parts);
  run.command = output.command;
  engine.save(run, output.path);
  if (output.json) {
    Json document =
        run.a.sweep ? toJson(*run.a.sweep, run.a.model) : toJson(*run.a.analysis, run.a.model);
    document["provenance"] = provenanceJson(run.a.model, output.command);
    print(document);
  } else if (run.a.sweep) {
    printTable(*run.a.sweep, run.a.model);
  } else {
    printTable(*run.a.analysis, run.a.model);
  }
  if (!output.json && !output.quiet)
    fmt::print("\n{} parts, saved to {}\n", parts.size(), output.path);
  return 0;
}

int exportRun(Engine& engine, const ExportOptions& options, const Output& output) {
  if (!output.path.empty()) checkTablePath(output.path);
  const std::string csv = csvOf(engine.load(options.run).a, options.what, options.run);
  if (output.path.empty())
    fmt::print("{}", csv);
  else
    writeAtomically(output.path, csv);
  return 0;
}

}  // namespace kvloupe::cli
