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
#include "engine/plan_file.hpp"

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

/// All that an allocation was found by, as a run.
ModelRun measuredFor(const Allocation& allocation) {
  ModelRun results;
  results.layerCosts = allocation.costs;
  for (const auto& plan : allocation.plans) {
    if (plan->specs.empty())
      results.baseline = *plan;
    else
      results.plans.push_back(*plan);
  }
  return results;
}

}  // namespace

int sweep(Engine& engine, SweepOptions options, const Output& output, std::stop_token stop) {
  Measuring measuring(engine, options.open, output, stop);
  SweepRequest& request = options.sweep;
  request.curves = curvesFor(request.curves, measuring.model());
  Measuring::resume(request.measure, measuring.resumed());
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
  std::optional<ModelRun> before = measuring.resumed();
  Measuring::resume(request.measure, before);
  if (before && before->sensitivity)
    request.known = std::make_shared<const Sensitivity>(std::move(*before->sensitivity));
  const Sensitivity sensitivity =
      measuring.session().sensitivity(request, stop, nullptr, measuring.progress());
  ModelRun results;
  results.sensitivity = sensitivity;
  for (const auto& plan : sensitivity.plans) results.plans.push_back(*plan);
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
  // What -o names is a plan; as long as it is interrupted, what was measured for it is a run.
  Output run = output;
  if (!output.path.empty()) run.path = interruptedRunPath(output.path);
  Measuring measuring(engine, options.open, run, stop);
  AllocationRequest& request = options.allocation;
  std::optional<ModelRun> before = measuring.resumed();
  Measuring::resume(request.measure, before);
  if (before && before->layerCosts)
    request.known = std::make_shared<const LayerCosts>(std::move(*before->layerCosts));
  Allocation allocation =
      measuring.session().allocate(request, stop, nullptr, measuring.progress());
  FittedPlan fitted{.measured = allocation.plan, .tensors = {}};
  if (allocation.complete && !output.path.empty()) {
    EvaluationRequest fit = request.measure;
    fit.specs = allocation.plan->specs;
    try {
      fitted.tensors = measuring.session().fittedTensors(fit, stop, measuring.progress());
    } catch (const Cancelled&) {
      allocation.complete = false;
    }
  }
  if (allocation.complete) {
    measuring.close();
  } else {
    measuring.finish(measuredFor(allocation));
  }
  if (!output.path.empty())
    measuring.write([&] {
      if (allocation.complete)
        engine.exportPlan(fitted, measuring.model(), output.command, output.path);
      else
        exportInterruptedPlan(measuring.model(), output.command, output.path);
    });
  if (output.json)
    measuring.print(toJson(allocation, measuring.model()));
  else
    printTable(allocation, measuring.model());
  return allocation.complete ? measuring.end(true, output.path) : measuring.end(false);
}

}  // namespace kvloupe::cli
