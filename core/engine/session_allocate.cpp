// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "compression/plan/accounting.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "engine/session.hpp"
#include "engine/session_parts.hpp"
#include "evaluation/layer_damage.hpp"
#include "evaluation/spending.hpp"

namespace kvloupe {
namespace {

/// Ranks that a layer may keep, in eighths of the dimension.
constexpr int kLadder = 8;
/// Tokens of the calibration text that the single layers are measured on.
constexpr std::int64_t kSampleTokens = 16384;

/// A way to store one target in one layer.
struct Way {
  int rank = 0, dim = 0;
  std::string format;
  std::string keys;  // SPEC without target and layers
};

std::string specOf(Target target, const Way& way, int layer) {
  return fmt::format("{}:{}@{}", targetName(target), way.keys, layer);
}

std::vector<Way> waysOf(const ModelInfo& model, Target target, const AllocationRequest& request) {
  const int dim = rankDimension(model, target, Scope::Head);
  const std::string more = request.keys.empty() ? "" : "," + request.keys;
  std::vector<Way> ways;
  for (int eighths = kLadder - 1; eighths >= 1; --eighths) {
    const int rank = std::max(1, dim * eighths / kLadder);
    if (rank < dim && (ways.empty() || ways.back().rank != rank))
      ways.push_back({rank, dim, {}, fmt::format("rank={}{}", rank, more)});
  }
  for (const std::string& format : request.formats)
    ways.push_back({dim, dim, format, "format=" + format});
  return ways;
}

std::vector<Target> targetsFor(const ModelInfo& model, const AllocationRequest& request) {
  if (!request.targets.empty()) return request.targets;
  if (model.attention == AttentionKind::Mla) return {Target::Latent, Target::RopeKey};
  return {Target::K, Target::V};
}

/// Specs of a plan that stores each item (layer, target) in one way or leaves it.
std::vector<CompressionSpec> specsOf(const std::map<std::pair<int, Target>, Way>& chosen) {
  std::vector<CompressionSpec> specs;
  std::map<std::pair<Target, std::string>, std::vector<int>> layers;
  for (const auto& [where, way] : chosen) layers[{where.second, way.keys}].push_back(where.first);
  for (const auto& [what, list] : layers)
    specs.push_back(parseSpec(
        fmt::format("{}:{}@{}", targetName(what.first), what.second, fmt::join(list, ","))));
  return specs;
}

}  // namespace

std::vector<std::vector<SensitivityCell>> ModelSession::measureAlone(
    const EvaluationRequest& measure, std::span<const std::vector<std::string>> specs,
    std::stop_token stop, const ProgressFn& progress) {
  const Measured on = measured(measure);
  const auto calibration = calibrationOf(measure);
  auto read = std::int64_t(calibration->ids.size());
  if (measure.calibrationTokens > 0) read = std::min(read, measure.calibrationTokens);
  WindowScorer scorer(*model_, calibration->ids,
                      protocolWindows(Protocol::Papers, read, on.context, 0, false), std::nullopt);

  // A way in all layers at once first: what it takes from the calibration text is kept, so that
  // single layers cost no pass of their own.
  for (std::size_t way = 0; !specs.empty() && way < specs.front().size(); ++way) {
    std::vector<CompressionSpec> everywhere;
    for (const std::vector<std::string>& item : specs)
      if (way < item.size()) everywhere.push_back(parseSpec(item[way]));
    (void)fit(measure, resolvePlan(everywhere, info_), *on.text, on.context, stop, progress);
  }
  std::vector<Fit> fits;
  std::vector<LayerTransform> transforms;
  std::vector<std::vector<SensitivityCell>> cells(specs.size());
  for (std::size_t item = 0; item < specs.size(); ++item)
    for (const std::string& text : specs[item]) {
      const CompressionSpec spec = parseSpec(text);
      const Plan plan = resolvePlan(std::span(&spec, 1), info_);
      const Accounting accounting = account(plan, info_, on.windowLength());
      fits.push_back(fit(measure, plan, *on.text, on.context, stop, progress));
      SensitivityCell cell;
      cell.layer = spec.layers.front().first;
      cell.bitsSaved = 8 * (accounting.baselineBytesPerToken - accounting.bytesPerToken);
      transforms.push_back({cell.layer, fits.back().transform.get()});
      cells[item].push_back(cell);
    }
  std::vector<LayerDamage> damage(transforms.size());
  const std::vector<ScoredWindow>& windows = scorer.windows();
  std::int64_t done = 0, planned = 0;
  for (const ScoredWindow& window : windows) planned += window.length;
  planned = std::min(planned, kSampleTokens);
  for (const std::size_t window : seededOrder(windows.size(), measure.seed)) {
    report(progress, "Measuring single layers", std::min(done, planned), planned);
    if (done >= planned) break;
    scorer.compareLayers(
        window, transforms, stop,
        [&](std::size_t i, const TokenComparison& tokens) { damage[i].add(tokens); });
    done += windows[window].length;
  }
  std::size_t i = 0;
  for (std::vector<SensitivityCell>& item : cells)
    for (SensitivityCell& cell : item) damage[i++].fill(cell);
  return cells;
}

Allocation ModelSession::allocate(const AllocationRequest& request, std::stop_token stop,
                                  const ProgressFn& progress) {
  if (!request.budgetPercent && !request.minRatio)
    refuseOption("what the plan shall keep must be said", "--budget", "none",
                 "a budget in %, or --min-ratio");
  if (info_.attention == AttentionKind::Mla)
    for (const Target target : request.targets)
      if (target == Target::K || target == Target::V)
        refuseOption("this target frees no cache", "--targets", std::string(targetName(target)),
                     "latent, rope_key");
  struct Item {
    int layer;
    Target target;
    std::vector<Way> ways;
  };
  const std::vector<Target> targets = targetsFor(info_, request);
  std::vector<Item> items;
  std::vector<std::vector<std::string>> specs;
  for (int layer = 0; layer < info_.numLayers; ++layer)
    for (const Target target : targets) {
      items.push_back({layer, target, waysOf(info_, target, request)});
      std::vector<std::string>& texts = specs.emplace_back();
      for (const Way& way : items.back().ways) texts.push_back(specOf(target, way, layer));
    }
  const auto cells = measureAlone(request.measure, specs, stop, progress);
  std::vector<std::vector<Option>> options;
  for (const auto& item : cells) {
    std::vector<Option>& list = options.emplace_back();
    for (const SensitivityCell& cell : item) list.push_back({cell.bitsSaved, cell.deltaNll});
  }
  const std::vector<Spending> order = spendingOrder(options);

  const int windowLength = measured(request.measure).windowLength();
  // The plan after the first `steps` of them.
  using Chosen = std::map<std::pair<int, Target>, Way>;
  const auto chosenAfter = [&](std::size_t steps) {
    Chosen chosen;
    for (std::size_t s = 0; s < steps; ++s) {
      const Item& item = items[order[s].item];
      chosen.insert_or_assign({item.layer, item.target}, item.ways[order[s].option]);
    }
    return chosen;
  };
  const auto ratioAfter = [&](std::size_t steps) {
    return account(resolvePlan(specsOf(chosenAfter(steps)), info_), info_, windowLength).cacheRatio;
  };
  std::map<std::size_t, std::shared_ptr<const Evaluation>> known;
  const auto measureAfter = [&](std::size_t steps) {
    auto& kept = known[steps];
    if (!kept) {
      EvaluationRequest measure = request.measure;
      measure.specs = specsOf(chosenAfter(steps));
      kept = std::make_shared<const Evaluation>(evaluate(measure, stop, nullptr, progress));
    }
    return kept;
  };
  const auto within = [&](std::size_t steps) {
    const auto interval = measureAfter(steps)->figures.deltaInterval;
    return interval && interval->high <= *request.budgetPercent;
  };

  std::size_t steps = 0;  // spent
  if (request.minRatio)
    while (steps < order.size() && ratioAfter(steps) < *request.minRatio) ++steps;
  if (request.budgetPercent && !request.minRatio) {
    std::size_t beyond = order.size() + 1;
    while (beyond - steps > 1) {
      const std::size_t middle = steps + (beyond - steps) / 2;
      (within(middle) ? steps : beyond) = middle;
    }
  }

  Allocation result;
  result.budgetPercent = request.budgetPercent;
  result.minRatio = request.minRatio;
  const Chosen chosen = chosenAfter(steps);
  double sum = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Item& item = items[i];
    AllocationChoice choice;
    choice.layer = item.layer;
    choice.target = item.target;
    choice.dim = choice.rank = rankDimension(info_, item.target, Scope::Head);
    if (const auto found = chosen.find({item.layer, item.target}); found != chosen.end())
      for (std::size_t w = 0; w < item.ways.size(); ++w)
        if (item.ways[w].keys == found->second.keys) {
          choice.rank = item.ways[w].rank;
          choice.format = item.ways[w].format;
          choice.bitsSaved = cells[i][w].bitsSaved;
          choice.deltaNll = cells[i][w].deltaNll;
        }
    sum += choice.deltaNll;
    result.choices.push_back(std::move(choice));
  }
  result.estimatePercent = 100 * std::expm1(sum);
  result.plan = measureAfter(steps);
  const double ratio = result.plan->accounting.cacheRatio;
  result.met = (!request.budgetPercent || steps == 0 || within(steps)) &&
               (!request.minRatio || ratio >= *request.minRatio);

  // All layers alike, of the nearest ratio that is no smaller.
  const int dim = rankDimension(info_, targets.front(), Scope::Head);
  for (int rank = dim - 1; rank >= 1 && steps > 0; --rank) {
    EvaluationRequest uniform = request.measure;
    uniform.specs.clear();
    for (const Target target : targets) {
      const int own = rankDimension(info_, target, Scope::Head);
      uniform.specs.push_back(
          parseSpec(fmt::format("{}:rank={}{}", targetName(target), std::max(1, own * rank / dim),
                                request.keys.empty() ? "" : "," + request.keys)));
    }
    if (account(resolvePlan(uniform.specs, info_), info_, windowLength).cacheRatio < ratio &&
        rank > 1)
      continue;
    result.uniform = std::make_shared<const Evaluation>(evaluate(uniform, stop, nullptr, progress));
    break;
  }
  return result;
}

}  // namespace kvloupe
