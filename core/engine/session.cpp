// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string_view>

#include "common/error.hpp"
#include "compression/plan/accounting.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "compression/plan_transform.hpp"
#include "evaluation/figures.hpp"
#include "evaluation/text_overlap.hpp"
#include "io/weight_source.hpp"

namespace kvloupe {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kDefaultContext = 2048;
constexpr int kLlamaCppContext = 512;
constexpr auto kReportEvery = std::chrono::milliseconds(50);

void report(const ProgressFn& progress, std::string stage, std::int64_t done, std::int64_t total) {
  if (progress) progress({std::move(stage), done, total, "tokens"});
}

[[noreturn]] void refuseOption(std::string message, std::string option, std::string found,
                               std::string expected) {
  throw Error(ErrorCode::InvalidArgument, {.message = std::move(message),
                                           .file = {},
                                           .place = std::move(option),
                                           .expected = std::move(expected),
                                           .found = std::move(found),
                                           .advice = {}});
}

std::vector<float> inTextOrder(const std::vector<std::vector<float>>& windows) {
  std::vector<float> tokens;
  for (const std::vector<float>& window : windows)
    tokens.insert(tokens.end(), window.begin(), window.end());
  return tokens;
}

/// Whole windows of the first `maxTokens` tokens; all where it is 0.
std::vector<Window> windowsWithin(std::int64_t tokens, std::int64_t maxTokens, int context) {
  return papersWindows(maxTokens > 0 ? std::min(tokens, maxTokens) : tokens, context);
}

}  // namespace

ModelSession::ModelSession(ModelInfo info, std::unique_ptr<CausalLm> model,
                           std::unique_ptr<Tokenizer> tokenizer, std::optional<DemoModel> demo)
    : info_(std::move(info)),
      model_(std::move(model)),
      tokenizer_(std::move(tokenizer)),
      demo_(std::move(demo)) {}

std::shared_ptr<const ModelSession::TokenizedText> ModelSession::readTokens(
    const std::string& path) {
  std::error_code ignored;
  const fs::file_time_type modified = fs::last_write_time(path, ignored);
  auto& kept = texts_[path];
  if (kept && kept->modified == modified) return kept;
  auto fresh = std::make_shared<TokenizedText>();
  fresh->text = readText(path);
  fresh->ids = encodeText(*tokenizer_, fresh->text);
  checkTokenIds(fresh->ids, info_.vocabSize, *tokenizer_);
  fresh->modified = modified;
  fresh->info = {fresh->text.name, fresh->text.path, fresh->text.sha256,
                 std::int64_t(fresh->ids.size())};
  if (demo_ && path == demo_->calibration) fresh->info.name = "demo calibration";
  if (demo_ && path == demo_->evaluation) fresh->info.name = "demo evaluation";
  kept = fresh;
  return kept;
}

int ModelSession::contextFor(int requested, int unlessTold) const {
  if (requested == 0) return std::min(unlessTold, info_.maxPositions);
  if (requested < 2 || requested > info_.maxPositions)
    refuseOption("context does not fit the model", "--context", fmt::format("{} tokens", requested),
                 fmt::format("2 to {} (max_position_embeddings)", info_.maxPositions));
  return requested;
}

std::vector<Tap> ModelSession::defaultTaps() const {
  std::vector<Tap> taps = info_.taps;
  std::erase_if(taps, [](Tap tap) { return tap == Tap::Q || tap == Tap::QRope; });
  return taps;
}

ModelSession::KeptStatistics::KeptStatistics(std::string textKey, TextStatistics textStatistics)
    : key(std::move(textKey)),
      statistics(std::move(textStatistics)),
      bases([this](int layer, Tap tap) -> const Moments& {
        return statistics.moments(layer, tap);
      }) {}

ModelSession::KeptStatistics& ModelSession::statisticsOf(const TokenizedText& text,
                                                         std::int64_t maxTokens, int context,
                                                         int skip) {
  std::vector<Window> windows = windowsWithin(std::int64_t(text.ids.size()), maxTokens, context);
  std::string key = fmt::format("{} {} windows of {} skip {}", text.info.sha256, windows.size(),
                                windows.front().length, skip);
  if (!statistics_ || statistics_->key != key)
    statistics_.emplace(std::move(key), TextStatistics(info_, std::move(windows), skip));
  return *statistics_;
}

WindowScorer& ModelSession::scorerOf(const TokenizedText& text, const EvaluationRequest& request,
                                     int context) {
  const int stride = request.stride == 0 ? std::max(1, context / 2) : request.stride;
  const std::string key = fmt::format("{} {} context {} stride {}", text.info.sha256,
                                      request.protocol, context, stride);
  if (!scorer_ || scorer_->key != key) {
    const std::optional<std::int32_t> bos = tokenizer_->bosId();
    std::vector<ScoredWindow> windows =
        protocolWindows(protocolFromName(request.protocol), std::int64_t(text.ids.size()), context,
                        stride, bos.has_value());
    scorer_.emplace(KeptScorer{key, WindowScorer(*model_, text.ids, std::move(windows), bos)});
  }
  return scorer_->scorer;
}

Analysis ModelSession::analyse(const AnalysisRequest& request, std::stop_token stop,
                               const AnalysisFn& partial, const ProgressFn& progress) {
  if (request.textPath.empty() && !demo_)
    refuseOption("which text is to be analysed", "--file", "none", "a text file");
  const auto text =
      readTokens(request.textPath.empty() ? demo_->calibration.string() : request.textPath);
  const int context = contextFor(request.context, kDefaultContext);
  const std::vector<Tap> taps = request.taps.empty() ? defaultTaps() : request.taps;
  for (const Tap tap : taps)
    if (std::find(info_.taps.begin(), info_.taps.end(), tap) == info_.taps.end())
      refuseOption(fmt::format("{} has no such tap", info_.family), "--taps",
                   std::string(tapName(tap)), "one that `info` lists");

  TextStatistics& statistics =
      statisticsOf(*text, request.maxTokens, context, request.skip).statistics;
  for (const Tap tap : taps) statistics.want(tap, false);

  const auto summary = [&](Spectra spectra) {
    Analysis analysis = statistics.summarise(taps, spectra);
    analysis.text = text->info;
    analysis.context = context;
    return analysis;
  };
  const std::int64_t total = statistics.tokensIn(statistics.windowsPlanned());
  const std::string stage = fmt::format("Analysing {}", info_.name);
  Clock::time_point reported;
  report(progress, stage, statistics.tokensIn(statistics.windowsSeen()), total);
  statistics.stream(*model_, text->ids, stop, [&](int windows) {
    report(progress, stage, statistics.tokensIn(windows), total);
    // A summary of a large model takes its time: never more than a tenth of all.
    if (!partial || windows == statistics.windowsPlanned()) return;
    const Clock::time_point begin = Clock::now();
    if (begin < reported) return;
    partial(summary(Spectra::Skip));
    const auto cost = Clock::now() - begin;
    reported = Clock::now() + std::max<Clock::duration>(kReportEvery, 9 * cost);
  });
  return summary(Spectra::Compute);
}

bool ModelSession::refuseOverlap(const TokenizedText& calibration, const TokenizedText& evaluated,
                                 bool force) const {
  const bool same = calibration.info.sha256 == evaluated.info.sha256;
  const std::optional<TextOverlap> overlap =
      same ? std::nullopt : findOverlap(calibration.text.utf8, evaluated.text.utf8);
  if (!same && !overlap) return false;
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

ModelSession::Fit ModelSession::fit(const EvaluationRequest& request, const Plan& plan,
                                    const TokenizedText& evaluated, int context,
                                    std::stop_token stop, const ProgressFn& progress) {
  Fit result;
  if (plan.identity()) {
    result.transform = std::make_unique<PlanTransform>(plan, MomentsOf{});
    return result;
  }
  if (request.calibrationPath.empty() && !demo_)
    refuseOption("this compression is fitted on a text", "--calibration", "none",
                 "a text that is not the evaluation text");
  result.text = readTokens(request.calibrationPath.empty() ? demo_->calibration.string()
                                                           : request.calibrationPath);
  result.forced = refuseOverlap(*result.text, evaluated, request.force);
  KeptStatistics& kept = statisticsOf(*result.text, request.calibrationTokens, context, 0);
  TextStatistics& statistics = kept.statistics;
  for (const auto& [key, step] : plan.steps) statistics.want(step.tap, step.scope == Scope::Layer);
  result.tokens = statistics.tokensIn(statistics.windowsPlanned());
  const std::string stage = fmt::format("Calibrating {}", info_.name);
  statistics.stream(*model_, result.text->ids, stop, [&](int windows) {
    report(progress, stage, statistics.tokensIn(windows), result.tokens);
  });
  result.transform = std::make_unique<PlanTransform>(plan, kept.bases, stop);
  return result;
}

Evaluation ModelSession::evaluate(const EvaluationRequest& request, std::stop_token stop,
                                  const EvaluationFn& partial, const ProgressFn& progress) {
  if (request.textPath.empty() && !demo_)
    refuseOption("which text is to be measured", "--file", "none", "a text file");
  const Protocol protocol = protocolFromName(request.protocol);
  const Plan plan = resolvePlan(request.specs, info_);
  const auto text =
      readTokens(request.textPath.empty() ? demo_->evaluation.string() : request.textPath);
  const int context = contextFor(
      request.context, protocol == Protocol::LlamaCpp ? kLlamaCppContext : kDefaultContext);
  WindowScorer& scorer = scorerOf(*text, request, context);
  const std::vector<ScoredWindow>& windows = scorer.windows();
  const bool baselineOnly = request.specs.empty();
  const Fit fitted = baselineOnly ? Fit{} : fit(request, plan, *text, context, stop, progress);

  Evaluation evaluation;
  evaluation.protocol = request.protocol;
  evaluation.context = context;
  if (protocol == Protocol::Strided)
    evaluation.stride = request.stride == 0 ? std::max(1, context / 2) : request.stride;
  evaluation.seed = request.seed;
  evaluation.text = text->info;
  if (fitted.text) evaluation.calibration = fitted.text->info;
  evaluation.calibrationTokens = fitted.tokens;
  evaluation.forced = fitted.forced;
  evaluation.specs = request.specs;
  evaluation.specText = specText(request.specs);
  evaluation.accounting = account(plan, info_);

  std::int64_t planned = 0;
  for (const ScoredWindow& window : windows) planned += window.scored();
  FigureAccumulator accumulator;
  std::vector<std::vector<float>> nll(windows.size()), baselineNll(windows.size());
  const auto snapshot = [&] {
    evaluation.figures = accumulator.figures();
    evaluation.figures.tokensPlanned = planned;
    evaluation.figures.windowsPlanned = int(windows.size());
  };
  const std::string stage = baselineOnly ? std::string("Measuring the baseline")
                                         : fmt::format("Measuring {}", evaluation.specText);
  std::int64_t done = 0;
  Clock::time_point reported;
  report(progress, stage, 0, planned);
  for (const std::size_t window : seededOrder(windows.size(), request.seed)) {
    if (baselineOnly) {
      baselineNll[window] = scorer.baselineNll(window, stop);
      accumulator.add(baselineNll[window]);
    } else {
      TokenComparison tokens = scorer.compare(window, *fitted.transform, stop);
      accumulator.add({tokens.baselineNll, tokens.nll, tokens.kl, tokens.sameTop1});
      evaluation.convergence.push_back(accumulator.convergence());
      baselineNll[window] = std::move(tokens.baselineNll);
      nll[window] = std::move(tokens.nll);
    }
    done += windows[window].scored();
    report(progress, stage, done, planned);
    if (partial && done < planned && Clock::now() - reported >= kReportEvery) {
      snapshot();
      partial(evaluation);
      reported = Clock::now();
    }
  }
  snapshot();
  evaluation.nll = inTextOrder(nll);
  evaluation.baselineNll = inTextOrder(baselineNll);
  return evaluation;
}

void ModelSession::hashWeights(std::stop_token stop, const ProgressFn& progress) {
  for (WeightFile& file : info_.weightFiles)
    if (file.sha256.empty())
      file.sha256 = weightFileSha256(info_.folder, file.name, stop, progress);
}

}  // namespace kvloupe
