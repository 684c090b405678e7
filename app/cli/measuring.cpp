// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/measuring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "common/error.hpp"
#include "compression/plan/resolve.hpp"
#include "evaluation/same_measurement.hpp"

namespace kvloupe::cli {
namespace {

bool sameWeights(const ModelInfo& a, const ModelInfo& b) {
  if (a.weightFiles.size() != b.weightFiles.size()) return false;
  for (std::size_t i = 0; i < a.weightFiles.size(); ++i)
    if (a.weightFiles[i].name != b.weightFiles[i].name ||
        a.weightFiles[i].sha256 != b.weightFiles[i].sha256)
      return false;
  return true;
}

/// Adds to `results` what `before` holds beside them: measured work outlives a --resume that asks
/// for something else, or is interrupted before it has come to it.
void keepOthers(ModelRun& results, ModelRun before) {
  if (!results.analysis) results.analysis = std::move(before.analysis);
  if (!results.baseline) results.baseline = std::move(before.baseline);
  if (!results.sensitivity) results.sensitivity = std::move(before.sensitivity);
  if (results.passages.empty()) results.passages = std::move(before.passages);
  if (!results.layerCosts) results.layerCosts = std::move(before.layerCosts);
  std::vector<Evaluation> plans = std::move(before.plans);  // the older ones
  std::vector<int> movedTo;
  for (Evaluation& plan : results.plans) {
    const auto same = std::ranges::find_if(
        plans, [&](const Evaluation& other) { return sameMeasurement(plan, other); });
    movedTo.push_back(int(same - plans.begin()));
    if (same == plans.end())
      plans.push_back(std::move(plan));
    else
      *same = std::move(plan);
  }
  results.plans = std::move(plans);
  if (!results.sweep) {
    results.sweep = std::move(before.sweep);
    return;
  }
  for (SweepCurve& curve : results.sweep->curves)
    for (SweepPoint& point : curve.points)
      if (point.plan >= 0) point.plan = movedTo.at(std::size_t(point.plan));
}

}  // namespace

Measuring::Measuring(Engine& engine, const OpenRequest& open, const Output& output,
                     std::stop_token stop)
    : engine_(engine), output_(output), stop_(std::move(stop)) {
  if (!output.path.empty()) engine.checkSavePath(output.path);
  if (!output.quiet) line_ = std::make_unique<ProgressLine>();
  progress_ = [this](const Progress& progress) {
    if (line_) line_->show(progress);
  };
  session_ = engine.open(open, stop_, progress_);
  const std::string& note = session_->info().computeNote;
  if (!output.quiet && !note.empty()) fmt::print(stderr, "Note: {}\n", note);
}

void Measuring::warn(const std::vector<CompressionSpec>& specs) const {
  for (const std::string& warning : planWarnings(resolvePlan(specs, session_->info())))
    fmt::print(stderr, "Warning: {}\n", warning);
}

void Measuring::warnOfOtherModel(const ModelInfo& planned) {
  session_->hashWeights(stop_, progress_);
  if (!sameWeights(planned, session_->info()))
    fmt::print(stderr,
               "Warning: the plan was made for other weights, those of {}: what it cost there says "
               "nothing of this model, and it is fitted anew\n",
               planned.name);
}

std::optional<ModelRun> Measuring::resumed() {
  if (!output_.resume || !std::filesystem::exists(output_.path)) return {};
  Run run = engine_.load(output_.path);
  session_->hashWeights(stop_, progress_);
  if (!sameWeights(run.a.model, session_->info()))
    throw Error(ErrorCode::Mismatch, {.message = "the run to go on with is of other weights",
                                      .file = output_.path,
                                      .place = "weight_files",
                                      .expected = session_->info().folder,
                                      .found = run.a.model.folder,
                                      .advice = "Leave --resume out to measure anew"});
  return std::move(run.a);
}

void Measuring::resume(EvaluationRequest& request, const std::optional<ModelRun>& before) {
  request.keepPartial = true;
  if (!before) return;
  request.resumes = true;
  if (before->baseline)
    request.known.push_back(std::make_shared<const Evaluation>(*before->baseline));
  for (const Evaluation& plan : before->plans)
    request.known.push_back(std::make_shared<const Evaluation>(plan));
}

void Measuring::close() {
  session_->hashWeights({}, progress_);
  line_.reset();
}

void Measuring::finish(ModelRun results, bool alone) {
  close();
  if (output_.path.empty()) return;
  write([&] { save(std::move(results), alone); });
}

void Measuring::write(const std::function<void()>& writing) {
  if (failure_) return;
  try {
    writing();
  } catch (const Error&) {
    failure_ = std::current_exception();
  }
}

void Measuring::save(ModelRun results, bool alone) {
  Run run;
  if (output_.resume && !alone && std::filesystem::exists(output_.path)) {
    Run before = engine_.load(output_.path);
    keepOthers(results, std::move(before.a));
    run.b = std::move(before.b);
  }
  results.model = session_->info();
  run.command = output_.command;
  run.a = std::move(results);
  engine_.save(run, output_.path);
}

void Measuring::print(Json document) const {
  document["provenance"] = provenanceJson(session_->info(), output_.command);
  cli::print(document);
}

int Measuring::end(bool complete, const std::string& saved) const {
  if (failure_) std::rethrow_exception(failure_);
  if (complete) {
    if (!saved.empty() && !output_.json && !output_.quiet) fmt::print("\nSaved to {}\n", saved);
    return 0;
  }
  fmt::print(
      stderr, "kvloupe-cli: interrupted{}\n",
      output_.path.empty()
          ? ""
          : fmt::format("; what was measured is in {}: --resume goes on from there", output_.path));
  return kInterrupted;
}

}  // namespace kvloupe::cli
