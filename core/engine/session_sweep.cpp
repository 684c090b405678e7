// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compression/plan/spec.hpp"
#include "engine/measured_plan.hpp"
#include "engine/session.hpp"
#include "engine/session_parts.hpp"
#include "evaluation/paired_difference.hpp"
#include "evaluation/safe_ratio.hpp"
#include "evaluation/sweep_curves.hpp"
#include "evaluation/verdict.hpp"

namespace kvloupe {
namespace {

/// A sweep while it grows: every plan is measured once, whoever asks for it.
class SweepRun {
 public:
  SweepRun(Session& session, const SweepRequest& request, std::stop_token stop,
           const SweepFn& partial, const ProgressFn& progress)
      : session_(session),
        request_(request),
        stop_(std::move(stop)),
        partial_(partial),
        progress_(progress) {
    sweep_.complete = false;  // until it is: what is told on the way may be all that is kept
    sweep_.budgets = request.budgets;
    std::sort(sweep_.budgets.begin(), sweep_.budgets.end());
    sweep_.method = request.keys.empty() ? "low rank, pca" : "low rank, " + request.keys;
    if (request.curves.empty()) sweep_.curves = defaultCurves(session.info());
    for (const std::string& name : request.curves)
      sweep_.curves.push_back(namedCurve(session.info(), name));
    steps_.resize(sweep_.curves.size());
    formats_.resize(sweep_.curves.size());
  }

  Sweep run() {
    try {
      for (std::size_t c = 0; c < sweep_.curves.size(); ++c) measureCurve(c);
      if (request_.verdict) measureHalfRanks();
      sweep_.complete = true;
    } catch (const Cancelled&) {
      if (!request_.measure.keepPartial) throw;
    }
    arrange();
    if (request_.verdict)
      sweep_.verdict =
          verdictOf(sweep_, halfRank_ ? std::optional(halfRank_->mean) : std::nullopt,
                    halfRank_ && halfRank_->halfWidth
                        ? std::optional(Interval{halfRank_->mean - *halfRank_->halfWidth,
                                                 halfRank_->mean + *halfRank_->halfWidth})
                        : std::nullopt);
    return std::move(sweep_);
  }

 private:
  /// Measures a plan and keeps it; its index in Sweep::plans.
  int measure(const std::string& spec) {
    EvaluationRequest request = request_.measure;
    request.specs = {parseSpec(spec)};
    try {
      (void)measurePlan(session_, request, sweep_.plans, stop_, progress_);
    } catch (const Cancelled&) {
      if (!sweep_.plans.empty()) sweep_.setting = *sweep_.plans.back();
      throw;
    }
    sweep_.setting = *sweep_.plans.back();
    return int(sweep_.plans.size()) - 1;
  }

  [[nodiscard]] SweepPoint pointOf(const SweepCurve& curve, int plan, int rank,
                                   std::string format) const {
    const Evaluation& evaluation = *sweep_.plans[std::size_t(plan)];
    SweepPoint point;
    point.specText = evaluation.specText;
    point.rank = rank;
    point.format = std::move(format);
    for (const TargetAccounting& target : evaluation.accounting.targets)
      if (target.target == curve.targets.front()) point.tensorRatio = target.tensorRatio;
    point.cacheRatio = evaluation.accounting.cacheRatio;
    point.bytesPerToken = evaluation.accounting.bytesPerToken;
    setMeasured(point, evaluation);
    point.plan = plan;
    return point;
  }

  const SweepPoint& step(std::size_t c, int step) {
    const SweepCurve& curve = sweep_.curves[c];
    const auto found = steps_[c].find(step);
    if (found != steps_[c].end()) return found->second;
    const int rank = curve.dim - step;
    const int plan = measure(rankSpec(curve, rank, request_.keys));
    const SweepPoint& point = steps_[c].emplace(step, pointOf(curve, plan, rank, {})).first->second;
    show();
    return point;
  }

  void measureCurve(std::size_t c) {
    const SweepCurve& curve = sweep_.curves[c];
    for (const int rank : request_.ranks) {
      if (rank < 1 || rank >= curve.dim)
        refuseOption("no such step", "--ranks", fmt::format("{}", rank),
                     fmt::format("1 to {} for {}", curve.dim - 1, curve.name));
      (void)step(c, curve.dim - rank);
    }
    for (const std::string& format : request_.formats) {
      const int plan = measure(formatSpec(curve, format));
      formats_[c].push_back(pointOf(curve, plan, curve.dim, format));
      show();
    }
    if (!request_.ranks.empty() || !request_.measure.shard.whole() || !curve.freesCache) return;
    for (const double budget : sweep_.budgets)
      searchSafeRatio(budget, curve.dim - 1,
                      [&](int s) -> const SweepPoint& { return step(c, s); });
  }

  /// Where K and V free no cache they are compared at half rank.
  void measureHalfRanks() {
    const ModelInfo& model = session_.info();
    if (model.attention != AttentionKind::Mla) return;
    const auto half = [&](const char* name) {
      const SweepCurve curve = namedCurve(model, name);
      return measure(rankSpec(curve, std::max(1, curve.dim / 2), request_.keys));
    };
    const int keys = half("k"), values = half("v");
    halfRank_ =
        pairedDifference(*sweep_.plans[std::size_t(keys)], *sweep_.plans[std::size_t(values)]);
  }

  /// Puts what was measured into the curves.
  void arrange() {
    for (std::size_t c = 0; c < sweep_.curves.size(); ++c) {
      SweepCurve& curve = sweep_.curves[c];
      curve.points = formats_[c];
      for (const auto& [s, point] : steps_[c]) curve.points.push_back(point);
      arrangeCurve(curve, sweep_.budgets);
    }
    markFront(sweep_.curves);
  }

  void show() {
    if (!partial_) return;
    arrange();
    partial_(sweep_);
  }

  Session& session_;
  const SweepRequest& request_;
  std::stop_token stop_;
  const SweepFn& partial_;
  const ProgressFn& progress_;
  Sweep sweep_;
  std::vector<StepPoints> steps_;                 // by curve
  std::vector<std::vector<SweepPoint>> formats_;  // by curve
  std::optional<ClusteredMean> halfRank_;
};

}  // namespace

Sweep ModelSession::sweep(const SweepRequest& request, std::stop_token stop, const SweepFn& partial,
                          const ProgressFn& progress) {
  if (!request.measure.shard.whole() &&
      (request.verdict || (request.ranks.empty() && request.formats.empty())))
    refuseOption("safe ratios cannot be searched in a part of the text", "--shard",
                 "no plans named", "--ranks or --formats");
  for (const double budget : request.budgets)
    if (!(budget > 0))
      refuseOption("a budget is no percentage", "--budget", fmt::format("{}", budget),
                   "numbers over 0");
  return SweepRun(*this, request, std::move(stop), partial, progress).run();
}

}  // namespace kvloupe
