// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/merge_parts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "analysis/layer_summary.hpp"
#include "analysis/tap_statistics.hpp"
#include "common/error.hpp"
#include "evaluation/figures.hpp"
#include "evaluation/sweep_curves.hpp"
#include "evaluation/window_results.hpp"
#include "text/windows.hpp"

namespace kvloupe {
namespace {

[[noreturn]] void refuse(const std::string& message, const std::string& file,
                         const std::string& place, const std::string& expected,
                         const std::string& found) {
  throw Error(ErrorCode::Mismatch, {.message = message,
                                    .file = file,
                                    .place = place,
                                    .expected = expected,
                                    .found = found,
                                    .advice = {}});
}

/// Two descriptions that must agree for parts to be of one question.
void requireSame(const char* place, const std::string& expected, const std::string& found,
                 const std::string& file) {
  if (expected != found) refuse("a part of another question", file, place, expected, found);
}

std::string weights(const ModelInfo& model) {
  std::string text = model.name + ", " + model.computeDtype;
  for (const WeightFile& file : model.weightFiles) text += ", " + file.name + " " + file.sha256;
  return text;
}

std::string question(const Analysis& analysis) {
  std::string taps;
  for (const StoredMoments& moments : analysis.moments)
    taps += fmt::format(" {} {}", moments.layer, tapName(moments.tap));
  return fmt::format("text {}, context {}, skip {}, {} windows of {} tokens, layers and taps{}",
                     analysis.text.sha256, analysis.context, analysis.skip, analysis.windowsPlanned,
                     analysis.tokensPlanned, taps);
}

std::string question(const ModelRun& run) {
  const Sweep& sweep = *run.sweep;
  const EvaluationSetting& s = sweep.setting;
  std::vector<std::string> plans;
  for (const Evaluation& plan : run.plans) plans.push_back(plan.specText);
  return fmt::format(
      "{}, context {}, stride {}, seed {}, text {}, calibration {} of {} tokens, {}, budgets {}, "
      "plans {}",
      s.protocol, s.context, s.stride, s.seed, s.text.sha256,
      s.calibration ? s.calibration->sha256 : "none", s.calibrationTokens, sweep.method,
      fmt::join(sweep.budgets, ","), fmt::join(plans, "; "));
}

/// Marks the windows of a part as there.
void join(std::vector<std::uint8_t>& all, std::span<const std::uint8_t> part,
          const std::string& path) {
  if (part.size() != all.size())
    refuse("a part of another text", path, "window_measured", fmt::format("{} windows", all.size()),
           fmt::format("{}", part.size()));
  for (std::size_t w = 0; w < all.size(); ++w) {
    if (all[w] != 0 && part[w] != 0)
      refuse("a window is in two parts", path, fmt::format("window {}", w), "each window once",
             "the parts before it have it");
    all[w] |= part[w];
  }
}

void requireWhole(std::span<const std::uint8_t> windows) {
  std::vector<std::size_t> missing;
  for (std::size_t w = 0; w < windows.size(); ++w)
    if (windows[w] == 0) missing.push_back(w);
  if (missing.empty()) return;
  const std::size_t shown = std::min<std::size_t>(missing.size(), 5);
  refuse("a part is missing", "", "windows", fmt::format("all {}", windows.size()),
         fmt::format("{}, without {}{}", windows.size() - missing.size(),
                     fmt::join(missing.begin(), missing.begin() + std::ptrdiff_t(shown), ", "),
                     missing.size() > shown ? ", …" : ""));
}

std::vector<Moments> restored(const Analysis& analysis) {
  std::vector<Moments> moments;
  for (const StoredMoments& stored : analysis.moments) moments.emplace_back(stored);
  return moments;
}

/// All figures of an evaluation from what its windows hold, in the order that one run takes.
void remeasure(Evaluation& plan) {
  const WindowResults results(plan);
  FigureAccumulator accumulator(figureSetting(plan));
  plan.convergence.clear();
  for (const std::size_t window : seededOrder(plan.windowTokens.size(), plan.seed)) {
    results.addTo(accumulator, window);
    if (!plan.specs.empty()) plan.convergence.push_back(accumulator.convergence());
  }
  const EvaluationFigures before = plan.figures;
  plan.figures = accumulator.figures();
  plan.figures.tokensPlanned = before.tokensPlanned;
  plan.figures.windowsPlanned = before.windowsPlanned;
}

}  // namespace

void PartMerge::add(Run part, const std::string& path) {
  const bool sums = part.a.analysis && !part.a.analysis->moments.empty();
  if (part.b || !(sums || part.a.sweep))
    refuse("this run does not merge", path, "a",
           "one model with a part of an analysis or of a sweep (--shard)",
           part.b ? "two models" : "neither");
  if (!run_) {
    run_ = std::move(part);
    firstPath_ = path;
    if (sums) moments_ = restored(*run_->a.analysis);
    return;
  }
  requireSame("weights", weights(run_->a.model), weights(part.a.model), path);
  if (run_->a.analysis.has_value() != part.a.analysis.has_value() ||
      run_->a.sweep.has_value() != part.a.sweep.has_value())
    refuse("a part of another question", path, "a", "what " + firstPath_ + " holds",
           part.a.sweep ? "a sweep" : "an analysis");
  if (sums) addAnalysis(*part.a.analysis, path);
  if (part.a.sweep) {
    if (!part.a.sweep->complete)
      refuse("a part was interrupted", path, "sweep",
             "all of its plans (--resume measures the rest)",
             fmt::format("{} plans", part.a.plans.size()));
    requireSame("sweep", question(run_->a), question(part.a), path);
    addPlans(std::move(part.a.plans), path);
  }
}

void PartMerge::addAnalysis(const Analysis& part, const std::string& path) {
  Analysis& all = *run_->a.analysis;
  requireSame("analysis", question(all), question(part), path);
  join(all.windowMeasured, part.windowMeasured, path);
  const std::vector<Moments> others = restored(part);
  for (std::size_t i = 0; i < moments_.size(); ++i) moments_[i].merge(others[i]);
  all.windows += part.windows;
  all.tokens += part.tokens;
}

void PartMerge::addPlans(std::vector<Evaluation> plans, const std::string& path) {
  for (std::size_t i = 0; i < plans.size(); ++i) {
    Evaluation& all = run_->a.plans[i];
    std::vector<std::uint8_t> windows = all.windowMeasured;
    join(windows, plans[i].windowMeasured, path);
    WindowResults results(all);
    if (!results.adopt(plans[i]))
      refuse("per-token figures do not fit those of the other parts", path, plans[i].specText,
             "the same windows", fmt::format("{} windows", plans[i].windowTokens.size()));
    results.fill(all);
  }
}

Run PartMerge::whole() {
  if (!run_) refuse("there is nothing to merge", "", "", "parts", "none");
  if (!moments_.empty()) finishAnalysis();
  if (run_->a.sweep) finishSweep();
  return std::move(*run_);
}

void PartMerge::finishAnalysis() {
  Analysis& all = *run_->a.analysis;
  requireWhole(all.windowMeasured);
  all.taps.clear();
  for (std::size_t i = 0; i < moments_.size(); ++i)
    all.taps.push_back(
        summarise(moments_[i], all.moments[i].layer, all.moments[i].tap, Spectra::Compute));
  all.summaries.clear();
  all.kvRatios.clear();
  summariseLayers(all, run_->a.model.attention == AttentionKind::Mla);
  all.moments.clear();
  all.windowMeasured.clear();
}

void PartMerge::finishSweep() {
  Sweep& sweep = *run_->a.sweep;
  for (Evaluation& plan : run_->a.plans) {
    requireWhole(plan.windowMeasured);
    remeasure(plan);
  }
  for (SweepCurve& curve : sweep.curves) {
    for (SweepPoint& point : curve.points) {
      if (point.plan < 0 || std::size_t(point.plan) >= run_->a.plans.size())
        refuse("a point without its plan", firstPath_, "sweep/curves/" + curve.name,
               fmt::format("a plan under {}", run_->a.plans.size()), fmt::format("{}", point.plan));
      setMeasured(point, run_->a.plans[std::size_t(point.plan)]);
    }
    arrangeCurve(curve, sweep.budgets);
  }
  markFront(sweep.curves);
  for (const Evaluation& plan : run_->a.plans)
    sweep.plans.push_back(std::make_shared<const Evaluation>(plan));
}

}  // namespace kvloupe
