// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <utility>

#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "engine/session.hpp"
#include "engine/session_parts.hpp"
#include "evaluation/attention_divergence.hpp"
#include "evaluation/clustered_mean.hpp"
#include "evaluation/passage_pass.hpp"
#include "evaluation/same_measurement.hpp"
#include "text/recalled.hpp"

namespace kvloupe {
namespace {

constexpr std::size_t kLikeliest = 5;
constexpr std::size_t kLongestSentence = 240;  // bytes, where a text has no end of a sentence

/// A text up to the end of its first sentence, or where there is none to the last blank that is not
/// too far.
std::string firstSentence(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  text = text.substr(begin, kLongestSentence);
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    if (std::string_view(".!?").find(text[i]) != std::string_view::npos &&
        std::string_view(" \t\r\n\"").find(text[i + 1]) != std::string_view::npos)
      return std::string(text.substr(0, i + 1));
  const std::size_t blank = text.find_last_of(" \t\r\n");
  return std::string(text.size() < kLongestSentence ? text : text.substr(0, blank));
}

void checkHead(const HeadChoice& choice, const ModelInfo& model) {
  if (choice.layer < 0 || choice.layer >= model.numLayers)
    refuseOption("the model has no such layer", "layer", fmt::format("{}", choice.layer),
                 fmt::format("0 to {}", model.numLayers - 1));
  if (choice.head < 0 || choice.head >= model.numHeads)
    refuseOption("the model has no such query head", "head", fmt::format("{}", choice.head),
                 fmt::format("0 to {}", model.numHeads - 1));
}

TokenKindFigure figureOf(const std::vector<WindowSum>& windows) {
  TokenKindFigure figure;
  for (const WindowSum& window : windows) figure.tokens += window.tokens;
  const ClusteredMean mean = clusteredMean(windows);
  figure.deltaNll = mean.mean;
  if (mean.halfWidth)
    figure.interval = Interval{mean.mean - *mean.halfWidth, mean.mean + *mean.halfWidth};
  return figure;
}

/// dNLL of recalled tokens and of all others, from a whole evaluation in these windows.
std::optional<RecallFigures> recallFigures(const Evaluation& whole,
                                           const std::vector<ScoredWindow>& windows,
                                           const std::vector<std::uint8_t>& recalled) {
  if (!whole.figures.complete() || whole.nll.size() != whole.baselineNll.size() ||
      whole.windowMeasured.size() != windows.size())
    return std::nullopt;
  std::vector<WindowSum> kinds[2];
  std::size_t at = 0;
  for (std::size_t w = 0; w < windows.size(); ++w) {
    if (whole.windowMeasured[w] == 0) continue;
    WindowSum sums[2];
    const std::int64_t first = windows[w].begin + windows[w].scoreFrom;
    for (std::int64_t i = 0; i < windows[w].scored(); ++i, ++at) {
      WindowSum& sum = sums[recalled[std::size_t(first + i)]];
      ++sum.tokens;
      sum.sum += double(whole.nll.at(at)) - double(whole.baselineNll[at]);
    }
    for (const std::size_t kind : {0, 1}) kinds[kind].push_back(sums[kind]);
  }
  return RecallFigures{.recalled = figureOf(kinds[1]), .others = figureOf(kinds[0])};
}

}  // namespace

const std::vector<std::uint8_t>& ModelSession::recalledOf(const TokenizedText& text) {
  const auto kept = recalled_.find(text.info.sha256);
  if (kept != recalled_.end()) return kept->second;
  const ByteSpans spans = readRecalledSpans(text.info.path, text.text.utf8.size());
  return recalled_
      .emplace(text.info.sha256, spans.empty()
                                     ? std::vector<std::uint8_t>()
                                     : recalledTokens(*tokenizer_, text.ids, text.text.utf8, spans))
      .first->second;
}

Passage ModelSession::lookAt(const PassageRequest& request, std::stop_token stop,
                             const ProgressFn& progress) {
  if (request.attention) checkHead(*request.attention, info_);
  const EvaluationRequest& measure = request.measure;
  const Plan plan = resolvePlan(measure.specs, info_);
  const Measured on = measured(measure);
  const std::vector<ScoredWindow>& windows = on.scorer.windows();

  Passage result;
  result.specText = specText(measure.specs);
  result.windows = int(windows.size());
  result.sentence = request.sentence.empty() && request.attention
                        ? firstSentence(on.text->text.utf8)
                        : request.sentence;
  std::vector<std::int32_t> ids;
  std::size_t scoreFrom = 1;
  std::span<const std::uint8_t> recalled;  // of the window
  if (result.sentence.empty()) {
    if (request.window < 0 || request.window >= result.windows)
      refuseOption("the text has no such window", "window", fmt::format("{}", request.window),
                   fmt::format("0 to {}", result.windows - 1));
    result.window = request.window;
    ids = on.scorer.idsOf(std::size_t(request.window));
    const ScoredWindow& window = windows[std::size_t(request.window)];
    scoreFrom = std::size_t(window.scoreFrom);
    const std::vector<std::uint8_t>& all = recalledOf(*on.text);
    if (!all.empty())
      recalled = std::span(all).subspan(std::size_t(window.begin), std::size_t(window.length));
  } else {
    ids = tokenizer_->encode(result.sentence);
    checkTokenIds(ids, info_.vocabSize, *tokenizer_, info_.folder);
    if (ids.size() < 2 || ids.size() > std::size_t(on.context))
      refuseOption("the sentence does not fit a window", "sentence",
                   fmt::format("{} tokens", ids.size()), fmt::format("2 to {}", on.context));
  }

  const Fit fitted = fit(measure, plan, *on.text, on.context, stop, progress);
  result.setting = settingOf(measure, on, fitted);
  const auto tell = [&](int layers) {
    if (progress) progress({"Looking at a passage", layers, info_.numLayers, "layers"});
  };
  tell(0);
  if (request.attention) {
    result.attention.emplace();
    result.attention->layer = request.attention->layer;
    result.attention->head = request.attention->head;
  }
  const LayerAttentionFn compare = [&](int layer, const AttentionInputs& before,
                                       const AttentionInputs& after) {
    HeadAttention* keep = layer == result.attention->layer ? &*result.attention : nullptr;
    result.layers.push_back(compareAttention(before, after, keep, stop));
  };
  const PassagePass pass =
      passThrough(*model_, ids, *fitted.transform, request.attention ? compare : LayerAttentionFn(),
                  tell, stop);

  const auto scored = std::int64_t(ids.size() - scoreFrom);
  // Position i predicts token i + 1.
  const auto scoredRows = [&](const at::Tensor& hidden) {
    return hidden.narrow(0, std::int64_t(scoreFrom) - 1, scored);  // [scored, hidden]
  };
  const OutputHead& head = model_->head();
  const TokenComparison tokens =
      head.compare(scoredRows(pass.baseline), scoredRows(pass.compressed),
                   std::span(std::as_const(ids)).subspan(scoreFrom), stop);
  auto before = head.likeliest(scoredRows(pass.baseline), kLikeliest, stop);
  auto after = head.likeliest(scoredRows(pass.compressed), kLikeliest, stop);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    PassageToken token;
    token.id = ids[i];
    token.scored = i >= scoreFrom;
    token.recalled = !recalled.empty() && recalled[i] != 0;
    if (token.scored) {
      const std::size_t row = i - scoreFrom;
      token.baselineNll = tokens.baselineNll[row];
      token.nll = tokens.nll[row];
      token.kl = tokens.kl[row];
      token.sameTop1 = tokens.sameTop1[row] != 0;
      token.baselineLikeliest = std::move(before[row]);
      token.likeliest = std::move(after[row]);
    }
    result.tokens.push_back(std::move(token));
  }
  const auto name = [&](std::int32_t id) {
    if (!result.texts.contains(id)) result.texts.emplace(id, tokenizer_->tokenText(id));
  };
  for (const PassageToken& token : result.tokens) {
    name(token.id);
    for (const LikelyToken& likely : token.baselineLikeliest) name(likely.id);
    for (const LikelyToken& likely : token.likeliest) name(likely.id);
  }
  if (!recalled.empty()) {
    Evaluation asked;
    static_cast<EvaluationSetting&>(asked) = result.setting;
    asked.specText = result.specText;
    for (const auto& known : measure.known)
      if (known && !result.recall && sameMeasurement(*known, asked))
        result.recall = recallFigures(*known, windows, recalledOf(*on.text));
  }
  return result;
}

}  // namespace kvloupe
