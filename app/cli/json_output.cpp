// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/json_output.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "compression/plan/resolve.hpp"
#include "engine/setting_json.hpp"

namespace kvloupe::cli {
namespace {

Json noiseFloorJson(const SpreadStatistics& statistics) {
  const auto& effective = statistics.effectiveNoiseFloor;
  return {{"median", statistics.noiseFloor.median},
          {"p97_5", statistics.noiseFloor.p97_5},
          {"tokens", statistics.noiseFloor.tokens},
          {"n_eff", effective ? Json(effective->tokens) : Json(nullptr)},
          {"n_eff_median", effective ? Json(effective->median) : Json(nullptr)},
          {"n_eff_p97_5", effective ? Json(effective->p97_5) : Json(nullptr)}};
}

Json spreadJson(const SpreadStatistics& statistics) {
  return {{"spread", orNull(statistics.spread)},
          {"spread_ci95", intervalJson(statistics.spreadInterval)},
          {"not_told_from_noise", statistics.notToldFromNoise},
          {"robust_spread", orNull(statistics.robustSpread)},
          {"mean_sigma", statistics.meanSigma},
          {"noise_floor", noiseFloorJson(statistics)}};
}

Json headJson(const HeadStatistics& head) {
  Json json = spreadJson(head);
  json.update({{"mean", head.mean},
               {"sigma", head.sigma},
               {"min", head.min},
               {"max", head.max},
               {"nonfinite", head.nonfinite},
               {"rank_90", head.rank90},
               {"rank_95", head.rank95},
               {"rank_99", head.rank99},
               {"participation_ratio", head.participation},
               {"eigenvalues", head.eigenvalues}});
  return json;
}

Json accountingJson(const Accounting& accounting) {
  Json tensorRatio = Json::object();
  Json targets = Json::object();
  for (const TargetAccounting& target : accounting.targets) {
    const std::string name(targetName(target.target));
    tensorRatio[name] = target.tensorRatio;
    targets[name] = {{"rank", target.rank},
                     {"dim", target.dim},
                     {"uniform", target.uniform},
                     {"kept", target.kept},
                     {"tensor_ratio", target.tensorRatio},
                     {"cache_ratio", target.cacheRatio},
                     {"bytes_per_token", target.bytesPerToken}};
  }
  return {{"tensor_ratio", tensorRatio},
          {"cache_ratio", accounting.cacheRatio},
          {"bytes_per_token", accounting.bytesPerToken},
          {"baseline_bytes_per_token", accounting.baselineBytesPerToken},
          {"paid_once_bytes", accounting.paidOnceBytes},
          {"targets", targets}};
}

Json overLayersJson(const std::optional<OverLayers>& figure) {
  if (!figure) return nullptr;
  return {{"mean", figure->mean}, {"median", figure->median}, {"max", figure->max}};
}

}  // namespace

Json toJson(const ModelInfo& model) {
  Json taps = Json::array();
  for (const Tap tap : model.taps) taps.push_back(tapName(tap));
  Json json = {{"name", model.name},
               {"folder", model.folder},
               {"model_type", model.family},
               {"attention", model.attention == AttentionKind::Mla ? "mla" : "standard"},
               {"layers", model.numLayers},
               {"heads", model.numHeads},
               {"kv_heads", model.numKvHeads},
               {"head_dim", model.headDim},
               {"v_head_dim", model.vHeadDim},
               {"hidden_size", model.hiddenSize},
               {"vocab_size", model.vocabSize},
               {"max_positions", model.maxPositions},
               {"parameters", model.parameterCount},
               {"stored_dtype", model.storedDtype},
               {"kv_bytes_per_token", model.kvBytesPerToken},
               {"taps", taps},
               {"tokenizer", model.tokenizer},
               {"warnings", model.warnings}};
  if (model.attention == AttentionKind::Mla) {
    json["kv_lora_rank"] = model.kvLoraRank;
    json["qk_rope_head_dim"] = model.qkRopeHeadDim;
  }
  return json;
}

Json toJson(const Analysis& analysis, const ModelInfo& model) {
  Json layers = Json::array();
  for (const TapStatistics& tap : analysis.taps) {
    Json layer = {{"layer", tap.layer}, {"tap", tapName(tap.tap)}};
    layer.update(spreadJson(tap.joined));
    layer["tokens"] = tap.tokens;
    layer["nonfinite"] = tap.nonfinite;
    layer["heads"] = Json::array();
    for (const HeadStatistics& head : tap.heads) layer["heads"].push_back(headJson(head));
    layers.push_back(std::move(layer));
  }
  Json summaries = Json::array();
  for (const TapSummary& tap : analysis.summaries)
    summaries.push_back({{"tap", tapName(tap.tap)},
                         {"spread", overLayersJson(tap.spread)},
                         {"robust_spread", overLayersJson(tap.robustSpread)},
                         {"mean_sigma", overLayersJson(tap.meanSigma)}});
  Json ratios = Json::array();
  for (const KvRatio& ratio : analysis.kvRatios)
    ratios.push_back(
        {{"layer", ratio.layer}, {"key_tap", tapName(ratio.keyTap)}, {"ratio", ratio.ratio}});
  return {{"model", model.name},
          {"text", textJson(analysis.text)},
          {"context", analysis.context},
          {"skip", analysis.skip},
          {"tokens", analysis.tokens},
          {"windows", analysis.windows},
          {"windows_planned", analysis.windowsPlanned},
          {"complete", analysis.complete()},
          {"over_layers", summaries},
          {"kv_ratio", ratios},
          {"layers", layers}};
}

Json toJson(const Evaluation& evaluation, const ModelInfo& model, bool perToken) {
  const EvaluationFigures& figures = evaluation.figures;
  const bool compressed = !evaluation.specs.empty();
  const PerplexityFigure& ppl = compressed ? figures.compressed : figures.baseline;
  Json json = {{"model", model.name}};
  json.update(settingJson(evaluation));
  json.update({{"tokens_scored", figures.tokensScored},
               {"windows", figures.windows},
               {"windows_planned", figures.windowsPlanned},
               {"stopped_early", figures.stoppedEarly},
               {"complete", figures.complete()},
               {"nll_sum", ppl.nllSum},
               {"ppl", ppl.ppl},
               {"ppl_ci95", intervalJson(ppl.interval)},
               {"bits_per_byte", ppl.bitsPerByte}});
  if (compressed) {
    const Divergence& divergence = figures.divergence;
    json.update({{"compress", evaluation.specText},
                 {"warnings", planWarnings(resolvePlan(evaluation.specs, model))},
                 {"baseline_nll_sum", figures.baseline.nllSum},
                 {"baseline_ppl", figures.baseline.ppl},
                 {"baseline_ppl_ci95", intervalJson(figures.baseline.interval)},
                 {"baseline_bits_per_byte", figures.baseline.bitsPerByte},
                 {"delta_ppl_percent", figures.deltaPplPercent},
                 {"delta_ppl_confidence", evaluation.until ? 0.98 : 0.95},
                 {"delta_ppl_ci95", intervalJson(figures.deltaInterval)},
                 {"kl_mean", divergence.klMean},
                 {"kl_mean_ci95", intervalJson(divergence.klInterval)},
                 {"kl_median", divergence.klMedian},
                 {"kl_p99", divergence.klP99},
                 {"kl_max", divergence.klMax},
                 {"top1_agreement", divergence.top1Agreement},
                 {"top1_agreement_ci95", intervalJson(divergence.top1Interval)},
                 {"mean_delta_p", divergence.meanDeltaP},
                 {"rms_delta_p", divergence.rmsDeltaP}});
    json.update(accountingJson(evaluation.accounting));
    json["positions"] = Json::array();
    for (const PositionFigure& bin : figures.positions)
      json["positions"].push_back({{"first", bin.first},
                                   {"last", bin.last},
                                   {"tokens", bin.tokens},
                                   {"delta_nll", bin.deltaNll},
                                   {"delta_nll_ci95", intervalJson(bin.interval)}});
  }
  if (perToken) {
    json["nll"] = compressed ? evaluation.nll : evaluation.baselineNll;
    if (compressed) json["baseline_nll"] = evaluation.baselineNll;
    json["window_tokens"] = evaluation.windowTokens;
    json["window_measured"] = evaluation.windowMeasured;
  }
  return json;
}

void print(const Json& document) {
  fmt::print("{}\n", document.dump(1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace kvloupe::cli
