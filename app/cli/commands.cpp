// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "cli/json_output.hpp"
#include "cli/progress_line.hpp"
#include "cli/tables.hpp"
#include "common/error.hpp"
#include "compression/plan/spec.hpp"

namespace kvloupe::cli {
namespace {

std::vector<Tap> parseTaps(std::string_view list) {
  std::vector<Tap> taps;
  while (!list.empty()) {
    const std::string_view name = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), name.size() + 1));
    const std::optional<Tap> tap = tapFromName(name);
    if (!tap)
      throw Error(ErrorCode::InvalidArgument,
                  {.message = "unknown tap",
                   .file = {},
                   .place = "--taps",
                   .expected = fmt::format("some of {}", fmt::join(kTapNames, ", ")),
                   .found = fmt::format("\"{}\"", name),
                   .advice = {}});
    taps.push_back(*tap);
  }
  return taps;
}

void save(Engine& engine, Session& session, ModelRun results, const Output& output,
          std::stop_token stop, ProgressLine& line) {
  if (output.runPath.empty()) return;
  session.hashWeights(stop, [&](const Progress& p) { line.show(p); });
  results.model = session.info();
  Run run;
  run.a = std::move(results);
  engine.save(run, output.runPath);
}

void sayWhereItIs(const Output& output) {
  if (!output.runPath.empty() && !output.json) fmt::print("\nSaved to {}\n", output.runPath);
}

}  // namespace

void info(Engine& engine, const std::string& model, const Output& output) {
  const ModelInfo facts = engine.describe(model);
  if (output.json)
    print(toJson(facts));
  else
    printTable(facts);
}

void tokenize(Engine& engine, const TokenizeOptions& options, const Output& output) {
  const auto ids = engine.tokenize(options.model, options.textPath, options.specialTokens);
  if (output.json)
    fmt::print("[{}]\n", fmt::join(ids, ","));
  else
    fmt::print("{}\n", fmt::join(ids, "\n"));
}

void analyze(Engine& engine, AnalyzeOptions options, const Output& output, std::stop_token stop) {
  options.analysis.taps = parseTaps(options.taps);
  ModelRun results;
  ModelInfo model;
  {
    ProgressLine line;
    const auto progress = [&](const Progress& p) { line.show(p); };
    const auto session = engine.open(options.open, stop, progress);
    results.analysis = session->analyse(options.analysis, stop, nullptr, progress);
    model = session->info();
    save(engine, *session, results, output, stop, line);
  }
  if (output.json)
    print(toJson(*results.analysis, model));
  else
    printTable(*results.analysis, model);
  sayWhereItIs(output);
}

void perplexity(Engine& engine, PerplexityOptions options, const Output& output,
                std::stop_token stop) {
  EvaluationRequest& request = options.evaluation;
  for (const std::string& spec : options.specs) request.specs.push_back(parseSpec(spec));
  ModelRun results;
  ModelInfo model;
  Evaluation evaluation;
  {
    ProgressLine line;
    const auto progress = [&](const Progress& p) { line.show(p); };
    const auto session = engine.open(options.open, stop, progress);
    model = session->info();
    if (options.analyze)
      results.analysis = session->analyse({.textPath = request.calibrationPath,
                                           .maxTokens = request.calibrationTokens,
                                           .context = request.context,
                                           .skip = 0,
                                           .taps = {}},
                                          stop, nullptr, progress);
    evaluation = session->evaluate(request, stop, nullptr, progress);
    if (!output.runPath.empty() && !request.specs.empty()) {
      EvaluationRequest baseline = request;
      baseline.specs.clear();
      results.baseline = session->evaluate(baseline, stop, nullptr, progress);
      results.plans.push_back(evaluation);
    } else {
      results.baseline = evaluation;
    }
    save(engine, *session, std::move(results), output, stop, line);
  }
  if (output.json)
    print(toJson(evaluation, model, options.perToken));
  else
    printTable(evaluation, model);
  sayWhereItIs(output);
}

}  // namespace kvloupe::cli
