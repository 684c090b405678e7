// SPDX-License-Identifier: GPL-3.0-or-later
// sweep, verdict, sensitivity, plan: commands that measure many plans.
#include <fmt/format.h>

#include <utility>

#include "cli/commands.hpp"
#include "cli/json_questions.hpp"
#include "cli/measuring.hpp"
#include "cli/question_tables.hpp"
#include "common/error.hpp"
#include "compression/plan/spec.hpp"

namespace kvloupe::cli {
namespace {

/// Curves as a sweep names them: K is meant after and before RoPE where both are different things.
std::vector<std::string> curvesFor(const std::vector<std::string>& targets,
                                   const ModelInfo& model) {
  std::vector<std::string> curves;
  for (const std::string& target : targets) {
    const bool standard = model.attention == AttentionKind::Standard;
    if (target == "k" && standard) curves.emplace_back("k_rope");
    if (target != "k" || !standard || model.rotary) curves.push_back(target);
  }
  return curves;
}

Target targetFor(const std::string& name) {
  if (const auto target = targetFromName(name)) return *target;
  throw Error(ErrorCode::InvalidArgument, {.message = "unknown target",
                                           .file = {},
                                           .place = "--targets",
                                           .expected = "k, v, latent or rope_key",
                                           .found = fmt::format("\"{}\"", name),
                                           .advice = {}});
}

}  // namespace

int sweep(Engine& engine, SweepOptions options, const Output& output, std::stop_token stop) {
  Measuring measuring(engine, options.open, output, stop);
  SweepRequest& request = options.sweep;
  request.curves = curvesFor(request.curves, measuring.model());
  request.measure.known = measuring.known();
  request.measure.keepPartial = true;
  const Sweep sweep = measuring.session().sweep(request, stop, nullptr, measuring.progress());
  if (sweep.plans.empty()) throw Cancelled();
  ModelRun results;
  for (const auto& plan : sweep.plans) results.plans.push_back(*plan);
  results.sweep = sweep;
  // Parts merge where they hold the same plans: those of the question, once all are measured.
  measuring.finish(std::move(results), sweep.complete && !request.measure.shard.whole());
  if (output.json)
    measuring.print(toJson(sweep, measuring.model()));
  else
    printTable(sweep, measuring.model());
  return measuring.end(sweep.complete);
}

int sensitivity(Engine& engine, SensitivityOptions options, const Output& output,
                std::stop_token stop) {
  SensitivityRequest& request = options.sensitivity;
  for (const std::string& spec : options.specs) request.measure.specs.push_back(parseSpec(spec));
  Measuring measuring(engine, options.open, output, stop);
  measuring.warn(request.measure.specs);
  request.measure.keepPartial = true;
  const Sensitivity sensitivity =
      measuring.session().sensitivity(request, stop, nullptr, measuring.progress());
  ModelRun results;
  results.sensitivity = sensitivity;
  measuring.finish(std::move(results));
  const bool together =
      !request.cumulative || sensitivity.cumulative.size() == sensitivity.cells.size();
  const bool complete = sensitivity.complete() && together;
  if (output.json) {
    Json document = toJson(sensitivity, measuring.model());
    document["complete"] = complete;
    measuring.print(std::move(document));
  } else {
    printTable(sensitivity, measuring.model());
  }
  return measuring.end(complete);
}

int plan(Engine& engine, PlanOptions options, const Output& output, std::stop_token stop) {
  for (const std::string& target : options.targets)
    options.allocation.targets.push_back(targetFor(target));
  if (!output.path.empty()) engine.checkPlanPath(output.path);
  Output noRun = output;  // what -o names is a plan, not a run
  noRun.path.clear();
  Measuring measuring(engine, options.open, noRun, stop);
  const Allocation allocation =
      measuring.session().allocate(options.allocation, stop, measuring.progress());
  FittedPlan fitted{.measured = allocation.plan, .tensors = {}};
  if (!output.path.empty()) {
    EvaluationRequest request = options.allocation.measure;
    request.specs = allocation.plan->specs;
    fitted.tensors = measuring.session().fittedTensors(request, stop, measuring.progress());
  }
  measuring.finish({});
  if (!output.path.empty())
    engine.exportPlan(fitted, measuring.model(), output.command, output.path);
  if (output.json)
    measuring.print(toJson(allocation, measuring.model()));
  else
    printTable(allocation, measuring.model());
  if (!output.path.empty() && !output.json && !output.quiet)
    fmt::print("\nSaved to {}\n", output.path);
  return 0;
}

}  // namespace kvloupe::cli
