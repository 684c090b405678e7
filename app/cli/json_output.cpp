// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/json_output.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>

namespace kvloupe::cli {
namespace {

template <typename T>
Json orNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json toJson(const std::optional<Interval>& interval) {
  return interval ? Json::array({interval->low, interval->high}) : Json(nullptr);
}

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
          {"spread_ci95", toJson(statistics.spreadInterval)},
          {"not_told_from_noise", statistics.notToldFromNoise},
          {"robust_spread", orNull(statistics.robustSpread)},
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

Json textJson(const TextInfo& text) {
  return {
      {"name", text.name}, {"path", text.path}, {"sha256", text.sha256}, {"tokens", text.tokens}};
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
  return {{"model", model.name},   {"text", textJson(analysis.text)}, {"context", analysis.context},
          {"skip", analysis.skip}, {"tokens", analysis.tokens},       {"windows", analysis.windows},
          {"layers", layers}};
}

Json toJson(const Evaluation& evaluation, const ModelInfo& model, bool perToken) {
  const EvaluationFigures& figures = evaluation.figures;
  const bool compressed = !evaluation.specs.empty();
  const PerplexityFigure& ppl = compressed ? figures.compressed : figures.baseline;
  Json json = {{"model", model.name},
               {"protocol", evaluation.protocol},
               {"context", evaluation.context},
               {"stride", evaluation.stride},
               {"seed", evaluation.seed},
               {"text", textJson(evaluation.text)},
               {"tokens_scored", figures.tokensScored},
               {"windows", figures.windows},
               {"nll_sum", ppl.nllSum},
               {"ppl", ppl.ppl},
               {"ppl_ci95", toJson(ppl.interval)}};
  if (compressed) {
    const Divergence& divergence = figures.divergence;
    json.update({{"compress", evaluation.specText},
                 {"calibration",
                  evaluation.calibration ? textJson(*evaluation.calibration) : Json(nullptr)},
                 {"calibration_tokens", evaluation.calibrationTokens},
                 {"forced", evaluation.forced},
                 {"baseline_nll_sum", figures.baseline.nllSum},
                 {"baseline_ppl", figures.baseline.ppl},
                 {"baseline_ppl_ci95", toJson(figures.baseline.interval)},
                 {"delta_ppl_percent", figures.deltaPplPercent},
                 {"delta_ppl_ci95", toJson(figures.deltaInterval)},
                 {"kl_mean", divergence.klMean},
                 {"kl_mean_ci95", toJson(divergence.klInterval)},
                 {"kl_median", divergence.klMedian},
                 {"kl_p99", divergence.klP99},
                 {"kl_max", divergence.klMax},
                 {"top1_agreement", divergence.top1Agreement},
                 {"top1_agreement_ci95", toJson(divergence.top1Interval)},
                 {"mean_delta_p", divergence.meanDeltaP},
                 {"rms_delta_p", divergence.rmsDeltaP}});
    json.update(accountingJson(evaluation.accounting));
  }
  if (perToken) {
    json["nll"] = compressed ? evaluation.nll : evaluation.baselineNll;
    if (compressed) json["baseline_nll"] = evaluation.baselineNll;
  }
  return json;
}

void print(const Json& document) {
  fmt::print("{}\n", document.dump(1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace kvloupe::cli
