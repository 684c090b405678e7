// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "compression/plan/accounting.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "engine/session.hpp"
#include "engine/session_parts.hpp"
#include "evaluation/clustered_mean.hpp"
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
  std::vector<LayerDamage> damage(result.cells.size());
  std::vector<WindowSum> baseline;
  const std::string stage = fmt::format("Measuring {}, layer by layer", result.specText);
  report(progress, stage, 0, result.tokensPlanned);
  for (const std::size_t window : seededOrder(windows.size(), measure.seed)) {
    // A window counts whole or not at all.
    std::vector<TokenComparison> seen(result.cells.size());
    try {
      on.scorer.compareLayers(
          window, transforms, stop,
          [&](std::size_t i, const TokenComparison& tokens) { seen[i] = tokens; });
    } catch (const Cancelled&) {
      if (!measure.keepPartial || result.windows == 0) throw;
      break;
    }
    const std::vector<float>& nll = seen.front().baselineNll;
    baseline.push_back({std::int64_t(nll.size()), std::accumulate(nll.begin(), nll.end(), 0.0)});
    for (std::size_t i = 0; i < seen.size(); ++i) {
      damage[i].add(seen[i]);
      damage[i].fill(result.cells[i]);
    }
    ++result.windows;
    result.tokensScored += windows[window].scored();
    result.baselinePpl = std::exp(clusteredMean(baseline).mean);
    report(progress, stage, result.tokensScored, result.tokensPlanned);
    if (partial && !result.complete()) partial(result);
  }
  if (!request.cumulative || !result.complete()) return result;

  for (std::size_t c = 0; c < columns.size(); ++c) {
    std::vector<int> order(std::size_t(info_.numLayers));
    std::iota(order.begin(), order.end(), 0);
    const auto cost = [&](int layer) { return result.cell(layer, int(c)).deltaNll; };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return cost(a) < cost(b); });
    double sum = 0;
    for (std::size_t n = 0; n < order.size(); ++n) {
      sum += cost(order[n]);
      CumulativePoint point{.column = int(c),
                            .layer = order[n],
                            .estimatePercent = 100 * std::expm1(sum),
                            .interval = {}};
      if (n == 0) {
        point.deltaPplPercent = result.cell(order[0], int(c)).deltaPplPercent;
        point.interval = result.cell(order[0], int(c)).interval;
      } else {
        EvaluationRequest together = measure;
        together.specs = restrictedSpecs(measure.specs, columns[c], std::span(order).first(n + 1));
        together.keepPartial = false;
        Evaluation measuredTogether;
        try {
          measuredTogether = evaluate(together, stop, nullptr, progress);
        } catch (const Cancelled&) {
          if (!measure.keepPartial) throw;
          return result;
        }
        point.deltaPplPercent = measuredTogether.figures.deltaPplPercent;
        point.interval = measuredTogether.figures.deltaInterval;
      }
      result.cumulative.push_back(std::move(point));
      if (partial) partial(result);
    }
  }
  return result;
}

}  // namespace kvloupe
