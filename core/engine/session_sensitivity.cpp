// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "compression/plan/accounting.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "engine/measured_plan.hpp"
#include "engine/session.hpp"
#include "engine/session_parts.hpp"
#include "evaluation/layer_damage.hpp"
#include "evaluation/restricted_specs.hpp"

namespace kvloupe {
namespace {

using Columns = std::vector<std::vector<Target>>;

/// Each target that the specs compress, and all of them together.
Columns columnsOf(std::span<const CompressionSpec> specs) {
  std::vector<Target> targets;
  for (const CompressionSpec& spec : specs)
    for (const Target target : spec.targets)
      if (std::find(targets.begin(), targets.end(), target) == targets.end())
        targets.push_back(target);
  std::sort(targets.begin(), targets.end());
  Columns columns;
  for (const Target target : targets) columns.push_back({target});
  if (targets.size() > 1) columns.push_back(targets);
  return columns;
}

std::string nameOf(const std::vector<Target>& targets) {
  std::string name;
  for (const Target target : targets) {
    if (!name.empty()) name += '+';
    name += targetName(target);
  }
  return name;
}

std::string question(const Sensitivity& s) {
  return fmt::format("{} one layer at a time of {}, {}", s.specText, s.layers,
                     describe(s.setting, s.tokensPlanned, s.windowsPlanned));
}

/// The most tolerant layers of a column compressed together, one more at a time.
class Together {
 public:
  Together(Session& session, const SensitivityRequest& request, Sensitivity& result,
           std::stop_token stop, const SensitivityFn& partial, const ProgressFn& progress)
      : session_(session),
        request_(request),
        result_(result),
        stop_(std::move(stop)),
        partial_(partial),
        progress_(progress) {}

  /// Throws Cancelled; what was measured is in the result.
  void measure(const std::vector<Target>& targets, int column) {
    std::vector<int> order(std::size_t(result_.layers));
    std::iota(order.begin(), order.end(), 0);
    const auto cost = [&](int layer) { return result_.cell(layer, column).deltaNll; };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return cost(a) < cost(b); });
    double sum = 0;
    for (std::size_t n = 0; n < order.size(); ++n) {
      const SensitivityCell& cell = result_.cell(order[n], column);
      sum += cell.deltaNll;
      CumulativePoint point{.column = column,
                            .layer = order[n],
                            .estimatePercent = 100 * std::expm1(sum),
                            .deltaPplPercent = cell.deltaPplPercent,
                            .interval = cell.interval};
      if (n > 0) {
        EvaluationRequest together = request_.measure;
        together.specs =
            restrictedSpecs(request_.measure.specs, targets, std::span(order).first(n + 1));
        const auto plan = measurePlan(session_, together, result_.plans, stop_, progress_);
        point.deltaPplPercent = plan->figures.deltaPplPercent;
        point.interval = plan->figures.deltaInterval;
      }
      result_.cumulative.push_back(point);
      if (partial_) partial_(result_);
    }
  }

 private:
  Session& session_;
  const SensitivityRequest& request_;
  Sensitivity& result_;
  std::stop_token stop_;
  const SensitivityFn& partial_;
  const ProgressFn& progress_;
};

}  // namespace

Sensitivity ModelSession::sensitivity(const SensitivityRequest& request, std::stop_token stop,
                                      const SensitivityFn& partial, const ProgressFn& progress) {
  const EvaluationRequest& measure = request.measure;
  if (measure.specs.empty())
    refuseOption("what is compressed in each layer must be said", "--compress", "none",
                 "a SPEC such as kv:rank=32");
  const Plan whole = resolvePlan(measure.specs, info_);
  const Measured on = measured(measure);
  const std::vector<ScoredWindow>& windows = on.scorer.windows();
  const Columns columns = columnsOf(measure.specs);

  Sensitivity result;
  result.specText = specText(measure.specs);
  result.layers = info_.numLayers;
  for (const std::vector<Target>& column : columns) result.columns.push_back(nameOf(column));
  {
    const Fit fitted = fit(measure, whole, *on.text, on.context, stop, progress);
    result.setting = settingOf(measure, on, fitted);
  }
  std::vector<Fit> fits;
  std::vector<LayerTransform> transforms;
  for (int layer = 0; layer < info_.numLayers; ++layer)
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const Plan plan =
          resolvePlan(restrictedSpecs(measure.specs, columns[c], std::vector{layer}), info_);
      const Accounting accounting = account(plan, info_, on.windowLength());
      fits.push_back(fit(measure, plan, *on.text, on.context, stop, progress));
      transforms.push_back({layer, fits.back().transform.get()});
      SensitivityCell cell;
      cell.layer = layer;
      cell.column = int(c);
      cell.bitsSaved = 8 * (accounting.baselineBytesPerToken - accounting.bytesPerToken);
      result.cells.push_back(cell);
    }

  for (const ScoredWindow& window : windows) result.tokensPlanned += window.scored();
  result.windowsPlanned = int(windows.size());
  std::vector<WindowDamage> known;
  if (request.known &&
      sameQuestion(measure.resumes, "sensitivity", question(result), question(*request.known)))
    known = request.known->measured;
  LayerDamage damage(on.scorer, std::move(transforms), std::move(known));
  const std::string stage = fmt::format("Measuring {}, layer by layer", result.specText);
  report(progress, stage, 0, result.tokensPlanned);
  for (const std::size_t window : seededOrder(windows.size(), measure.seed)) {
    try {
      damage.add(window, stop, [&](double part) {
        const auto tokens = std::int64_t(part * double(windows[window].scored()));
        report(progress, stage, result.tokensScored + tokens, result.tokensPlanned);
      });
    } catch (const Cancelled&) {
      if (!measure.keepPartial || result.windows == 0) throw;
      return result;
    }
    for (std::size_t i = 0; i < result.cells.size(); ++i) damage.fill(i, result.cells[i]);
    result.measured = damage.windows();
    ++result.windows;
    result.tokensScored += windows[window].scored();
    result.baselinePpl = damage.baselinePpl();
    report(progress, stage, result.tokensScored, result.tokensPlanned);
    if (partial && !result.complete()) partial(result);
  }
  if (!request.cumulative) return result;
  Together together(*this, request, result, stop, partial, progress);
  try {
    for (std::size_t c = 0; c < columns.size(); ++c) together.measure(columns[c], int(c));
  } catch (const Cancelled&) {
    if (!measure.keepPartial) throw;
  }
  return result;
}

}  // namespace kvloupe
