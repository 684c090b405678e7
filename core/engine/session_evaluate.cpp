// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "compression/plan/accounting.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "compression/plan_transform.hpp"
#include "engine/session.hpp"
#include "engine/session_parts.hpp"
#include "evaluation/early_stop.hpp"
#include "evaluation/figures.hpp"
#include "evaluation/same_measurement.hpp"
#include "evaluation/text_overlap.hpp"
#include "evaluation/window_results.hpp"

namespace kvloupe {
namespace {

using Clock = std::chrono::steady_clock;

/// Evaluations that were stopped and may be asked for again.
constexpr std::size_t kMostInterrupted = 8;

}  // namespace

WindowScorer& ModelSession::scorerOf(const TokenizedText& text, const EvaluationRequest& request,
                                     int context) {
  const int stride = request.stride == 0 ? std::max(1, context / 2) : request.stride;
  const auto tokens = std::int64_t(text.ids.size());
  const std::int64_t read = request.maxTokens > 0 ? std::min(tokens, request.maxTokens) : tokens;
  const std::string key = fmt::format("{} {} tokens {} context {} stride {}", text.info.sha256,
                                      read, request.protocol, context, stride);
  if (!scorer_ || scorer_->key != key) {
    const std::optional<std::int32_t> bos = tokenizer_->bosId();
    std::vector<ScoredWindow> windows =
        protocolWindows(protocolFromName(request.protocol), read, context, stride, bos.has_value());
    scorer_.emplace(KeptScorer{key, WindowScorer(*model_, text.ids, std::move(windows), bos)});
  }
  return scorer_->scorer;
}

bool ModelSession::refuseOverlap(const TokenizedText& calibration, const TokenizedText& evaluated,
                                 bool force) {
  const bool same = calibration.info.sha256 == evaluated.info.sha256;
  const std::pair texts{calibration.info.sha256, evaluated.info.sha256};
  if (disjoint_.contains(texts)) return false;
  const std::optional<TextOverlap> overlap =
      same ? std::nullopt : findOverlap(calibration.text.utf8, evaluated.text.utf8);
  if (!same && !overlap) {
    disjoint_.insert(texts);
    return false;
  }
  if (force) return true;
  throw Error(ErrorCode::Mismatch,
              {.message = "calibration and evaluation text overlap",
               .file = evaluated.info.path,
               .place = same ? "the whole text" : fmt::format("byte {}", overlap->secondOffset),
               .expected = fmt::format("no passage of {} bytes shared with {}", kOverlapBytes,
                                       calibration.info.path),
               .found = same ? "the same bytes"
                             : fmt::format("{} bytes that stand there at byte {}", overlap->length,
                                           overlap->firstOffset),
               .advice = "Fit on another text, or insist with --force, which marks the run"});
}

std::shared_ptr<const ModelSession::TokenizedText> ModelSession::calibrationOf(
    const EvaluationRequest& request) {
  if (!request.calibrationPath.empty()) return readTokens(request.calibrationPath);
  if (demo_) return readTokens(demo_->calibration.string());
  refuseOption("this compression is fitted on a text", "--calibration", "none",
               "a text that is not the evaluation text");
}

ModelSession::Fit ModelSession::fit(const EvaluationRequest& request, const Plan& plan,
                                    const TokenizedText& evaluated, int context,
                                    std::stop_token stop, const ProgressFn& progress) {
  Fit result;
  if (!needsCalibration(plan)) {
    FittedBases none(FitSource{.model = info_, .momentsOf = {}});
    result.transform = std::make_unique<PlanTransform>(plan, info_, none, stop);
    return result;
  }
  result.text = calibrationOf(request);
  result.forced = refuseOverlap(*result.text, evaluated, request.force);
  KeptStatistics& kept = statisticsOf(*result.text, request.calibrationTokens, context, 0);
  TextStatistics& statistics = kept.statistics;
  for (const auto& [where, chain] : plan.chains)
    for (const FittedTap& fitted : fittedTaps(chain, where.second))
      statistics.want(fitted.tap, fitted.joined);
  result.tokens = statistics.tokensIn(statistics.windowsToRead());
  const std::string stage = fmt::format("Calibrating {}", info_.name);
  statistics.stream(*model_, result.text->ids, stop,
                    [&](std::int64_t tokens) { report(progress, stage, tokens, result.tokens); });
  auto transform = std::make_unique<PlanTransform>(plan, info_, kept.bases, stop);
  TensorRanges ranges(*transform, kept.bases);
  if (ranges.wanted()) {
    std::span<const Window> left = statistics.windows();
    std::int64_t done = 0;
    while (!left.empty()) {
      std::vector<CausalLm::Sequence> sequences;
      const int together = model_->sequencesAtOnce(left.front().length);
      for (; !left.empty() && int(sequences.size()) < together; left = left.subspan(1)) {
        const Window& window = left.front();
        sequences.push_back(
            {.ids = std::span(result.text->ids)
                        .subspan(std::size_t(window.begin), std::size_t(window.length)),
             .context = {.observer = &ranges, .transform = nullptr, .stop = stop}});
        done += window.length;
      }
      (void)model_->forward(sequences);
      report(progress, stage, done, result.tokens);
    }
    ranges.finish();
  }
  result.transform = std::move(transform);
  return result;
}

ModelSession::Measured ModelSession::measured(const EvaluationRequest& request) {
  if (request.textPath.empty() && !demo_)
    refuseOption("which text is to be measured", "--file", "none", "a text file");
  const Protocol protocol = protocolFromName(request.protocol);
  if (request.stride != 0 && protocol != Protocol::Strided)
    refuseOption("only strided windows have a stride", "--stride",
                 fmt::format("{} with --protocol {}", request.stride, request.protocol),
                 "--protocol strided");
  const auto text =
      readTokens(request.textPath.empty() ? demo_->evaluation.string() : request.textPath);
  const int context = contextFor(
      request.context, protocol == Protocol::LlamaCpp ? kLlamaCppContext : kDefaultContext);
  const Measured on{.text = text, .context = context, .scorer = scorerOf(*text, request, context)};
  if (request.resumes) requireSameText(request, on);
  return on;
}

void ModelSession::requireSameText(const EvaluationRequest& request, const Measured& on) {
  Evaluation asked;
  static_cast<EvaluationSetting&>(asked) = settingOf(request, on, {});
  WindowResults(on.scorer.windows()).fill(asked);
  const auto question = [](const Evaluation& evaluation) {
    EvaluationSetting setting = evaluation;
    setting.calibration.reset();  // plans of one file may be fitted on different texts
    const auto& tokens = evaluation.windowTokens;
    return describe(setting, std::accumulate(tokens.begin(), tokens.end(), std::int64_t{0}),
                    int(tokens.size()));
  };
  for (const auto& known : request.known)
    requireSameQuestion(known->specText.empty() ? "the baseline" : known->specText, question(asked),
                        question(*known));
}

EvaluationSetting ModelSession::settingOf(const EvaluationRequest& request,
                                          const Measured& measured, const Fit& fitted) {
  EvaluationSetting setting;
  setting.protocol = request.protocol;
  setting.context = measured.context;
  if (protocolFromName(request.protocol) == Protocol::Strided)
    setting.stride = request.stride == 0 ? std::max(1, measured.context / 2) : request.stride;
  setting.seed = request.seed;
  setting.until = request.until;
  setting.text = measured.text->info;
  if (fitted.text) setting.calibration = fitted.text->info;
  setting.calibrationTokens = fitted.tokens;
  setting.forced = fitted.forced;
  return setting;
}

std::vector<PlanTensor> ModelSession::fittedTensors(const EvaluationRequest& request,
                                                    std::stop_token stop,
                                                    const ProgressFn& progress) {
  const Plan plan = resolvePlan(request.specs, info_);
  const Measured on = measured(request);
  return fit(request, plan, *on.text, on.context, stop, progress).transform->tensors(plan);
}

void ModelSession::keepInterrupted(Evaluation evaluation, const WindowResults& results) {
  results.fill(evaluation);
  std::erase_if(interrupted_,
                [&](const Evaluation& other) { return sameMeasurement(other, evaluation); });
  interrupted_.push_back(std::move(evaluation));
  if (interrupted_.size() > kMostInterrupted) interrupted_.pop_front();
}

Evaluation ModelSession::evaluate(const EvaluationRequest& request, std::stop_token stop,
                                  const EvaluationFn& partial, const ProgressFn& progress) {
  const Plan plan = resolvePlan(request.specs, info_);
  const Measured on = measured(request);
  WindowScorer& scorer = on.scorer;
  const std::vector<ScoredWindow>& windows = scorer.windows();
  const bool baselineOnly = request.specs.empty();
  checkShard(request.shard, std::int64_t(windows.size()));
  if (request.until && !request.shard.whole())
    refuseOption("a part cannot tell when the whole text is enough", "--until",
                 fmt::format("{} with --shard", *request.until), "one of the two");
  const Fit fitted =
      baselineOnly ? Fit{} : fit(request, plan, *on.text, on.context, stop, progress);

  Evaluation evaluation;
  static_cast<EvaluationSetting&>(evaluation) = settingOf(request, on, fitted);
  evaluation.specs = request.specs;
  evaluation.specText = specText(request.specs);
  evaluation.accounting = account(plan, info_, on.windowLength());

  WindowResults results(windows);
  for (const auto& known : request.known)
    if (known && sameMeasurement(*known, evaluation) && results.adopt(*known)) break;
  for (const Evaluation& before : interrupted_)
    if (sameMeasurement(before, evaluation)) (void)results.adopt(before);

  std::int64_t planned = 0, toMeasure = 0;
  for (std::size_t w = 0; w < windows.size(); ++w) {
    planned += windows[w].scored();
    if (request.shard.has(std::int64_t(w))) toMeasure += windows[w].scored();
  }
  FigureAccumulator accumulator(figureSetting(evaluation));
  const auto snapshot = [&] {
    evaluation.figures = accumulator.figures();
    evaluation.figures.tokensPlanned = planned;
    evaluation.figures.windowsPlanned = int(windows.size());
  };
  const std::string stage = baselineOnly ? std::string("Measuring the baseline")
                                         : fmt::format("Measuring {}", evaluation.specText);
  std::vector<std::size_t> order = seededOrder(windows.size(), request.seed);
  std::erase_if(order, [&](std::size_t w) { return !request.shard.has(std::int64_t(w)); });
  std::int64_t done = 0, shown = 0;
  std::map<std::size_t, TokenComparison> ahead;  // measured together with a window before it
  /// The window's figures, and where the model is streamed those of windows after it as well.
  const auto measure = [&](std::size_t at) {
    std::vector<std::size_t> together;
    const std::size_t most = std::size_t(scorer.windowsAtOnce());
    for (; at < order.size() && together.size() < most; ++at)
      if (results.find(order[at]) == nullptr) together.push_back(order[at]);
    std::int64_t tokens = 0;
    for (const std::size_t window : together) tokens += windows[window].scored();
    const CausalLm::LayerFn layersDone = [&](int layers) {
      if (model_->streams())
        report(progress, stage, shown = done + tokens * layers / (info_.numLayers + 1), toMeasure);
    };
    std::vector<TokenComparison> measured(together.size());
    if (baselineOnly) {
      auto nll = scorer.baselineNll(together, stop, layersDone);
      for (std::size_t i = 0; i < nll.size(); ++i) measured[i].baselineNll = std::move(nll[i]);
    } else {
      measured = scorer.compare(together, *fitted.transform, stop, layersDone);
    }
    for (std::size_t i = 0; i < together.size(); ++i) ahead[together[i]] = std::move(measured[i]);
  };
  bool enough = false;
  Clock::time_point reported;
  report(progress, stage, 0, toMeasure);
  for (std::size_t at = 0; at < order.size(); ++at) {
    const std::size_t window = order[at];
    if (results.find(window) == nullptr) {
      try {
        if (!ahead.contains(window)) measure(at);
      } catch (const Cancelled&) {
        if (request.keepPartial) break;
        for (auto& [measured, tokens] : ahead) results.put(measured, std::move(tokens));
        if (done > 0 || !ahead.empty()) keepInterrupted(std::move(evaluation), results);
        throw;
      }
      results.put(window, std::move(ahead.extract(window).mapped()));
    }
    results.addTo(accumulator, window);
    if (!baselineOnly) evaluation.convergence.push_back(accumulator.convergence());
    done += windows[window].scored();
    report(progress, stage, shown = std::max(shown, done), toMeasure);
    if (request.until && !baselineOnly && done < planned &&
        EarlyStop(*request.until)
            .enough(evaluation.convergence.back(), int(evaluation.convergence.size()))) {
      enough = true;
      break;
    }
    if (partial && done < toMeasure && Clock::now() - reported >= kReportEvery) {
      snapshot();
      partial(evaluation);
      reported = Clock::now();
    }
  }
  snapshot();
  evaluation.figures.stoppedEarly = enough;
  std::erase_if(interrupted_,
                [&](const Evaluation& other) { return sameMeasurement(other, evaluation); });
  results.fill(evaluation);
  return evaluation;
}

}  // namespace kvloupe
