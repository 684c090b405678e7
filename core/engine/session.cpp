// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "analysis/layer_summary.hpp"
#include "common/error.hpp"
#include "engine/session_parts.hpp"
#include "io/weight_source.hpp"

namespace kvloupe {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Whole windows of the first `maxTokens` tokens; all where it is 0.
std::vector<Window> windowsWithin(std::int64_t tokens, std::int64_t maxTokens, int context) {
  return papersWindows(maxTokens > 0 ? std::min(tokens, maxTokens) : tokens, context);
}

std::string question(const Analysis& a) {
  return fmt::format("context {}, skip {}, {} tokens in {} windows of the text {:.12}", a.context,
                     a.skip, a.tokensPlanned, a.windowsPlanned, a.text.sha256);
}

/// Whether nothing is left to be analysed.
bool isWhole(const Analysis& known, const AnalysisRequest& request, std::span<const Tap> taps) {
  if (known.windows < known.windowsPlanned || (request.covariance && known.moments.empty()))
    return false;
  std::vector<Tap> there;
  for (const TapStatistics& statistics : known.taps)
    if (statistics.layer == 0) there.push_back(statistics.tap);
  return std::ranges::equal(there, taps);
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
  checkTokenIds(fresh->ids, info_.vocabSize, *tokenizer_, info_.folder);
  if (fresh->ids.size() < 2)
    throw Error(ErrorCode::Unsupported, {.message = "the text is too short to be measured",
                                         .file = path,
                                         .place = {},
                                         .expected = "at least 2 tokens",
                                         .found = fmt::format("{}", fresh->ids.size()),
                                         .advice = {}});
  fresh->modified = modified;
  fresh->info = {fresh->text.name, fresh->text.path, fresh->text.sha256,
                 std::int64_t(fresh->ids.size()), std::int64_t(fresh->text.utf8.size())};
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

ModelSession::KeptStatistics::KeptStatistics(std::string textKey, TextStatistics textStatistics,
                                             int context, const ModelInfo& model,
                                             const CausalLm& lm)
    : key(std::move(textKey)),
      statistics(std::move(textStatistics)),
      bases({.model = model,
             .momentsOf = [this](int layer, Tap tap) -> const Moments& {
               return statistics.moments(layer, tap);
             },
             .weightsOf = [&lm](int layer) { return lm.attentionWeights(layer); },
             .anglesOf = [&lm, context](int layer) { return lm.angles(layer, context); }}) {}

ModelSession::KeptStatistics& ModelSession::statisticsOf(const TokenizedText& text,
                                                         std::int64_t maxTokens, int context,
                                                         int skip, Shard shard) {
  std::vector<Window> windows = windowsWithin(std::int64_t(text.ids.size()), maxTokens, context);
  std::string key =
      fmt::format("{} {} windows of {} context {} skip {} shard {}/{}", text.info.sha256,
                  windows.size(), windows.front().length, context, skip, shard.index, shard.count);
  if (!statistics_ || statistics_->key != key)
    statistics_.emplace(std::move(key), TextStatistics(info_, std::move(windows), skip, shard),
                        context, info_, *model_);
  return *statistics_;
}

Analysis ModelSession::analyse(const AnalysisRequest& request, std::stop_token stop,
                               const AnalysisFn& partial, const ProgressFn& progress) {
  if (request.textPath.empty() && !demo_)
    refuseOption("which text is to be analysed", "--file", "none", "a text file");
  const auto text =
      readTokens(request.textPath.empty() ? demo_->calibration.string() : request.textPath);
  const int context = contextFor(request.context, kDefaultContext);
  if (request.skip >= context)
    refuseOption("nothing would be left of a window", "--skip",
                 fmt::format("{} of {} tokens", request.skip, context), "less than a window");
  const std::vector<Tap> taps = request.taps.empty() ? defaultTaps() : request.taps;
  for (const Tap tap : taps)
    if (std::find(info_.taps.begin(), info_.taps.end(), tap) == info_.taps.end())
      refuseOption(fmt::format("{} has no such tap", info_.family), "--taps",
                   std::string(tapName(tap)), "one that `info` lists");

  TextStatistics& statistics =
      statisticsOf(*text, request.maxTokens, context, request.skip, request.shard).statistics;
  for (const Tap tap : taps) statistics.want(tap, false);

  const auto summary = [&](Spectra spectra) {
    Analysis analysis = statistics.summarise(taps, spectra);
    analysis.text = text->info;
    analysis.context = context;
    summariseLayers(analysis, info_.attention == AttentionKind::Mla);
    const bool part = analysis.windows < analysis.windowsPlanned;
    if (spectra == Spectra::Compute && (request.covariance || part))
      statistics.keepMoments(analysis);
    return analysis;
  };
  if (request.known) {
    requireSameQuestion("analysis", question(summary(Spectra::Skip)), question(*request.known));
    if (isWhole(*request.known, request, taps)) return *request.known;
    statistics.adopt(*request.known);
  }

  const std::int64_t total = statistics.tokensIn(statistics.windowsToRead());
  const std::string stage = fmt::format("Analysing {}", info_.name);
  Clock::time_point reported;
  report(progress, stage, statistics.tokensIn(statistics.windowsSeen()), total);
  try {
    statistics.stream(*model_, text->ids, stop, [&](std::int64_t tokens) {
      report(progress, stage, tokens, total);
      // A summary of a large model takes its time: never more than a tenth of all.
      if (!partial || tokens == total) return;
      const Clock::time_point begin = Clock::now();
      if (begin < reported) return;
      partial(summary(Spectra::Skip));
      const auto cost = Clock::now() - begin;
      reported = Clock::now() + std::max<Clock::duration>(kReportEvery, 9 * cost);
    });
  } catch (const Cancelled&) {
    if (!request.keepPartial || statistics.windowsSeen() == 0) throw;
  }
  return summary(Spectra::Compute);
}

void ModelSession::hashWeights(std::stop_token stop, const ProgressFn& progress) {
  for (WeightFile& file : info_.weightFiles)
    if (file.sha256.empty())
      file.sha256 = weightFileSha256(info_.folder, file.name, stop, progress);
}

}  // namespace kvloupe
