// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "compression/plan/accounting.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "engine/allocation_ways.hpp"
#include "engine/measured_plan.hpp"
#include "engine/session.hpp"
#include "engine/session_parts.hpp"
#include "evaluation/layer_damage.hpp"
#include "evaluation/same_measurement.hpp"
#include "evaluation/spending.hpp"

namespace kvloupe {
namespace {

/// Tokens of the calibration text that the single layers are measured on.
constexpr std::int64_t kSampleTokens = 16384;

/// What is left to do once every way is known alone: spend as far as was asked for.
class SpendingRun {
 public:
  SpendingRun(Session& session, const AllocationRequest& request, std::vector<AllocationItem> items,
              std::vector<std::vector<SensitivityCell>> cells, int windowLength, Allocation& result,
              std::stop_token stop, const AllocationFn& partial, const ProgressFn& progress)
      : session_(session),
        request_(request),
        items_(std::move(items)),
        cells_(std::move(cells)),
        windowLength_(windowLength),
        result_(result),
        stop_(std::move(stop)),
        partial_(partial),
        progress_(progress) {
    std::vector<std::vector<Option>> options;
    for (const auto& item : cells_) {
      std::vector<Option>& list = options.emplace_back();
      for (const SensitivityCell& cell : item) list.push_back({cell.bitsSaved, cell.deltaNll});
    }
    order_ = spendingOrder(options);
  }

  /// Throws Cancelled; what was measured is in the result.
  void run() {
    const std::size_t steps = stepsToSpend();
    fillChoices(steps);
    result_.plan = measureAfter(steps);
    const double ratio = result_.plan->accounting.cacheRatio;
    result_.met = (!request_.budgetPercent || steps == 0 || within(steps)) &&
                  (!request_.minRatio || ratio >= *request_.minRatio);
    std::vector<std::vector<double>> costs;
    for (const auto& item : cells_) {
      std::vector<double>& list = costs.emplace_back();
      for (const SensitivityCell& cell : item) list.push_back(cell.deltaNll);
    }
    const ChosenWays alike =
        uniformWays(session_.info(), items_, costs, chosenAfter(steps), windowLength_, ratio);
    if (alike.empty()) return;
    std::vector<CompressionSpec> specs = specsOf(alike);
    for (CompressionSpec& spec : specs) spec.layers.clear();
    result_.uniform = measure(std::move(specs));
  }

 private:
  /// The plan after the first `steps` of the order.
  [[nodiscard]] ChosenWays chosenAfter(std::size_t steps) const {
    ChosenWays chosen;
    for (std::size_t s = 0; s < steps; ++s) {
      const AllocationItem& item = items_[order_[s].item];
      chosen.insert_or_assign({item.layer, item.target}, item.ways[order_[s].option]);
    }
    return chosen;
  }

  [[nodiscard]] double ratioAfter(std::size_t steps) const {
    const ModelInfo& model = session_.info();
    return account(resolvePlan(specsOf(chosenAfter(steps)), model), model, windowLength_)
        .cacheRatio;
  }

  std::shared_ptr<const Evaluation> measure(std::vector<CompressionSpec> specs) {
    EvaluationRequest request = request_.measure;
    request.specs = std::move(specs);
    auto plan = measurePlan(session_, request, result_.plans, stop_, progress_);
    if (partial_) partial_(result_);
    return plan;
  }

  const std::shared_ptr<const Evaluation>& measureAfter(std::size_t steps) {
    auto& kept = measured_[steps];
    if (!kept) kept = measure(specsOf(chosenAfter(steps)));
    return kept;
  }

  bool within(std::size_t steps) {
    const auto interval = measureAfter(steps)->figures.deltaInterval;
    return interval && interval->high <= *request_.budgetPercent;
  }

  std::size_t stepsToSpend() {
    std::size_t steps = 0;
    if (request_.minRatio)
      while (steps < order_.size() && ratioAfter(steps) < *request_.minRatio) ++steps;
    if (request_.budgetPercent && !request_.minRatio) {
      std::size_t beyond = order_.size() + 1;
      while (beyond - steps > 1) {
        const std::size_t middle = steps + (beyond - steps) / 2;
        (within(middle) ? steps : beyond) = middle;
      }
    }
    return steps;
  }

  void fillChoices(std::size_t steps) {
    const ChosenWays chosen = chosenAfter(steps);
    double sum = 0;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const AllocationItem& item = items_[i];
      AllocationChoice choice;
      choice.layer = item.layer;
      choice.target = item.target;
      choice.dim = choice.rank = rankDimension(session_.info(), item.target, Scope::Head);
      if (const auto found = chosen.find({item.layer, item.target}); found != chosen.end())
        for (std::size_t w = 0; w < item.ways.size(); ++w)
          if (item.ways[w].keys == found->second.keys) {
            choice.rank = item.ways[w].rank;
            choice.format = item.ways[w].format;
            choice.bitsSaved = cells_[i][w].bitsSaved;
            choice.deltaNll = cells_[i][w].deltaNll;
          }
      sum += choice.deltaNll;
      result_.choices.push_back(std::move(choice));
    }
    result_.estimatePercent = 100 * std::expm1(sum);
  }

  Session& session_;
  const AllocationRequest& request_;
  std::vector<AllocationItem> items_;
  std::vector<std::vector<SensitivityCell>> cells_;  // [item][way]
  int windowLength_;
  Allocation& result_;
  std::stop_token stop_;
  const AllocationFn& partial_;
  const ProgressFn& progress_;
  std::vector<Spending> order_;
  std::map<std::size_t, std::shared_ptr<const Evaluation>> measured_;  // by steps
};

}  // namespace

std::vector<SensitivityCell> ModelSession::measureAlone(const AllocationRequest& request,
                                                        std::span<const std::string> specs,
                                                        Allocation& result, std::stop_token stop,
                                                        const AllocationFn& partial,
                                                        const ProgressFn& progress) {
  const EvaluationRequest& measure = request.measure;
  const Measured on = measured(measure);
  const auto calibration = calibrationOf(measure);
  auto read = std::int64_t(calibration->ids.size());
  if (measure.calibrationTokens > 0) read = std::min(read, measure.calibrationTokens);
  WindowScorer scorer(*model_, calibration->ids,
                      protocolWindows(Protocol::Papers, read, on.context, 0, false), std::nullopt);

  std::vector<CompressionSpec> parsed;
  for (const std::string& text : specs) parsed.push_back(parseSpec(text));
  // The taps of all of them first, so that one pass over the calibration text serves all.
  std::map<std::string, std::vector<CompressionSpec>> everywhere;  // by what is done
  for (std::size_t i = 0; i < parsed.size(); ++i) {
    const std::size_t keys = specs[i].find(':');
    everywhere[specs[i].substr(keys, specs[i].find('@') - keys)].push_back(parsed[i]);
  }
  Fit fitted;
  for (const auto& [what, list] : everywhere)
    fitted = fit(measure, resolvePlan(list, info_), *on.text, on.context, stop, progress);

  LayerCosts& costs = result.costs;
  costs.setting = result.setting = settingOf(measure, on, fitted);
  costs.setting.protocol = std::string(protocolName(Protocol::Papers));
  costs.setting.stride = 0;
  costs.setting.text = calibration->info;
  costs.specs.assign(specs.begin(), specs.end());
  std::vector<WindowDamage> known;
  if (request.known &&
      sameQuestion(measure.resumes, "layer_costs", questionOf(costs), questionOf(*request.known)))
    known = request.known->windows;

  std::vector<SensitivityCell> cells;
  std::vector<Fit> fits;
  std::vector<LayerTransform> transforms;
  for (const CompressionSpec& spec : parsed) {
    const Plan plan = resolvePlan(std::span(&spec, 1), info_);
    const Accounting accounting = account(plan, info_, on.windowLength());
    fits.push_back(fit(measure, plan, *on.text, on.context, stop, progress));
    SensitivityCell cell;
    cell.layer = spec.layers.front().first;
    cell.bitsSaved = 8 * (accounting.baselineBytesPerToken - accounting.bytesPerToken);
    transforms.push_back({cell.layer, fits.back().transform.get()});
    cells.push_back(cell);
  }
  LayerDamage damage(scorer, std::move(transforms), std::move(known));
  const std::vector<ScoredWindow>& windows = scorer.windows();
  std::int64_t done = 0, planned = 0;
  for (const ScoredWindow& window : windows) planned += window.length;
  planned = std::min(planned, kSampleTokens);
  const auto tell = [&](double tokens) {
    report(progress, "Measuring single layers", std::min(std::int64_t(tokens), planned), planned);
  };
  for (const std::size_t window : seededOrder(windows.size(), measure.seed)) {
    tell(double(done));
    if (done >= planned) break;
    const std::int64_t length = windows[window].length;
    damage.add(window, stop, [&](double part) { tell(double(done) + part * double(length)); });
    costs.windows = damage.windows();
    done += length;
    if (partial) partial(result);
  }
  for (std::size_t i = 0; i < cells.size(); ++i) damage.fill(i, cells[i]);
  return cells;
}

Allocation ModelSession::allocate(const AllocationRequest& request, std::stop_token stop,
                                  const AllocationFn& partial, const ProgressFn& progress) {
  if (!request.budgetPercent && !request.minRatio)
    refuseOption("what the plan shall keep must be said", "--budget", "none",
                 "a budget in %, or --min-ratio");
  std::vector<AllocationItem> items = allocationItems(info_, request);
  std::vector<std::string> specs;
  for (const AllocationItem& item : items)
    for (const Way& way : item.ways) specs.push_back(specOf(item, way));

  Allocation result;
  result.budgetPercent = request.budgetPercent;
  result.minRatio = request.minRatio;
  result.complete = false;  // until it is: what is told on the way may be all that is kept
  try {
    const std::vector<SensitivityCell> alone =
        measureAlone(request, specs, result, stop, partial, progress);
    std::vector<std::vector<SensitivityCell>> cells;
    auto next = alone.begin();
    for (const AllocationItem& item : items) {
      const auto end = next + std::ptrdiff_t(item.ways.size());
      cells.emplace_back(next, end);
      next = end;
    }
    SpendingRun(*this, request, std::move(items), std::move(cells),
                measured(request.measure).windowLength(), result, stop, partial, progress)
        .run();
    result.complete = true;
  } catch (const Cancelled&) {
    if (!request.measure.keepPartial || result.costs.windows.empty()) throw;
    result.choices.clear();
    result.plan = result.uniform = nullptr;
  }
  return result;
}

}  // namespace kvloupe
