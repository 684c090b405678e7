// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "cli/json_output.hpp"
#include "cli/measuring.hpp"
#include "cli/tables.hpp"
#include "common/error.hpp"
#include "compression/plan/spec.hpp"
#include "engine/plan_file.hpp"

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

/// Says where a perplexity is none because the model's output is not finite; the exit status.
int tellNotFinite(const Evaluation& evaluation) {
  for (const std::vector<float>* nll : {&evaluation.baselineNll, &evaluation.nll}) {
    const auto broken =
        std::count_if(nll->begin(), nll->end(), [](float value) { return !std::isfinite(value); });
    if (broken == 0) continue;
    fmt::print(
        stderr, "kvloupe-cli: {}: NaN or infinite on {} of {} scored tokens: no perplexity\n",
        nll == &evaluation.baselineNll ? "the model's output" : "the compressed model's output",
        broken, nll->size());
    return 1;
  }
  return 0;
}

}  // namespace

int info(Engine& engine, const std::string& model, const Output& output) {
  const ModelInfo facts = engine.describe(model);
  if (output.json)
    print(toJson(facts));
  else
    printTable(facts);
  return 0;
}

int tokenize(Engine& engine, const TokenizeOptions& options, const Output& output) {
  const auto ids = engine.tokenize(options.model, options.textPath, options.specialTokens);
  if (output.json)
    fmt::print("[{}]\n", fmt::join(ids, ","));
  else
    fmt::print("{}\n", fmt::join(ids, "\n"));
  return 0;
}

int analyze(Engine& engine, AnalyzeOptions options, const Output& output, std::stop_token stop) {
  options.analysis.taps = parseTaps(options.taps);
  Measuring measuring(engine, options.open, output, stop);
  options.analysis.keepPartial = true;
  if (std::optional<ModelRun> before = measuring.resumed(); before && before->analysis)
    options.analysis.known = std::make_shared<const Analysis>(std::move(*before->analysis));
  const Analysis analysis =
      measuring.session().analyse(options.analysis, stop, nullptr, measuring.progress());
  ModelRun results;
  results.analysis = analysis;
  measuring.finish(std::move(results), !options.analysis.shard.whole());
  if (output.json)
    measuring.print(toJson(analysis, measuring.model()));
  else
    printTable(analysis, measuring.model());
  return measuring.end(analysis.windows ==
                       options.analysis.shard.windowsOf(analysis.windowsPlanned));
}

int perplexity(Engine& engine, PerplexityOptions options, const Output& output,
               std::stop_token stop) {
  EvaluationRequest& request = options.evaluation;
  for (const std::string& spec : options.specs) request.specs.push_back(parseSpec(spec));
  if (options.analyze && request.calibrationPath.empty() &&
      !options.open.model.starts_with("demo:"))
    throw Error(ErrorCode::InvalidArgument, {.message = "which text is to be analysed",
                                             .file = {},
                                             .place = "--calibration",
                                             .expected = "a text that is not the evaluation text",
                                             .found = "none",
                                             .advice = {}});
  if (!options.planOutput.empty()) {
    if (request.specs.empty())
      throw Error(ErrorCode::InvalidArgument, {.message = "there is no plan to export",
                                               .file = {},
                                               .place = "--export-plan",
                                               .expected = "--compress or --plan",
                                               .found = "none",
                                               .advice = {}});
    engine.checkPlanPath(options.planOutput);
  }
  Measuring measuring(engine, options.open, output, stop);
  Session& session = measuring.session();
  measuring.warn(request.specs);
  if (!options.planPath.empty()) measuring.warnOfOtherModel(planModel(options.planPath));
  std::optional<ModelRun> before = measuring.resumed();
  Measuring::resume(request, before);
  ModelRun results;
  if (options.analyze) {
    AnalysisRequest analysis{.textPath = request.calibrationPath,
                             .maxTokens = request.calibrationTokens,
                             .context = request.context,
                             .skip = 0,
                             .taps = {},
                             .keepPartial = true};
    if (before && before->analysis)
      analysis.known = std::make_shared<const Analysis>(std::move(*before->analysis));
    results.analysis = session.analyse(analysis, stop, nullptr, measuring.progress());
    if (results.analysis->windows < results.analysis->windowsPlanned) {
      measuring.finish(std::move(results));
      return measuring.end(false);
    }
  }
  const Evaluation evaluation = session.evaluate(request, stop, nullptr, measuring.progress());
  if (evaluation.figures.windows == 0) throw Cancelled();
  if (request.specs.empty()) {
    results.baseline = evaluation;
  } else {
    results.plans.push_back(evaluation);
    if (!output.path.empty() && evaluation.figures.complete()) {
      EvaluationRequest baseline = request;
      baseline.specs.clear();
      Evaluation alone = session.evaluate(baseline, stop, nullptr, measuring.progress());
      if (alone.figures.windows > 0) results.baseline = std::move(alone);
    }
  }
  bool complete = evaluation.figures.complete();
  FittedPlan fitted{.measured = std::make_shared<const Evaluation>(evaluation), .tensors = {}};
  if (complete && !options.planOutput.empty()) {
    try {
      fitted.tensors = session.fittedTensors(request, stop, measuring.progress());
    } catch (const Cancelled&) {
      complete = false;
    }
  }
  const bool exports = complete && !options.planOutput.empty();
  measuring.finish(std::move(results));
  if (exports)
    measuring.write(
        [&] { engine.exportPlan(fitted, measuring.model(), output.command, options.planOutput); });
  if (output.json)
    measuring.print(toJson(evaluation, measuring.model(), options.perToken));
  else
    printTable(evaluation, measuring.model());
  const int status = measuring.end(complete);
  return std::max(status, tellNotFinite(evaluation));
}

}  // namespace kvloupe::cli
