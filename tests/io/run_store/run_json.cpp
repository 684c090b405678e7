// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run_store/run_json.hpp"

#include <bit>
#include <cstdio>

namespace kvloupe::test {
namespace {

using Json = nlohmann::ordered_json;

Json bits(double x) {
  char text[24];
  std::snprintf(text, sizeof text, "%016llx",
                static_cast<unsigned long long>(std::bit_cast<std::uint64_t>(x)));
  return text;
}
Json bits(float x) {
  char text[16];
  std::snprintf(text, sizeof text, "%08x", std::bit_cast<std::uint32_t>(x));
  return text;
}
template <typename T>
Json bits(const std::vector<T>& values) {
  Json list = Json::array();
  for (const T x : values) list.push_back(bits(x));
  return list;
}
Json bits(const std::optional<double>& x) { return x ? bits(*x) : Json(); }
Json bits(const std::optional<Interval>& x) {
  return x ? Json{bits(x->low), bits(x->high)} : Json();
}

Json json(const TextInfo& t) {
  return {{"name", t.name},
          {"path", t.path},
          {"sha256", t.sha256},
          {"tokens", t.tokens},
          {"bytes", t.bytes}};
}

Json json(const NoiseFloor& f) {
  return {{"tokens", bits(f.tokens)}, {"median", bits(f.median)}, {"p97_5", bits(f.p97_5)}};
}

Json json(const SpreadStatistics& s) {
  return {{"sigma", bits(s.sigma)},
          {"mean_sigma", bits(s.meanSigma)},
          {"spread", bits(s.spread)},
          {"robust_spread", bits(s.robustSpread)},
          {"spread_interval", bits(s.spreadInterval)},
          {"not_told_from_noise", s.notToldFromNoise},
          {"noise_floor", json(s.noiseFloor)},
          {"effective_noise_floor", s.effectiveNoiseFloor ? json(*s.effectiveNoiseFloor) : Json()}};
}

Json json(const TapStatistics& t) {
  Json j = {{"layer", t.layer},         {"tap", tapName(t.tap)},  {"tokens", t.tokens},
            {"nonfinite", t.nonfinite}, {"heads", Json::array()}, {"joined", json(t.joined)}};
  for (const HeadStatistics& h : t.heads) {
    Json head = json(static_cast<const SpreadStatistics&>(h));
    head["mean"] = bits(h.mean);
    head["min"] = bits(h.min);
    head["max"] = bits(h.max);
    head["nonfinite"] = h.nonfinite;
    head["eigenvalues"] = bits(h.eigenvalues);
    head["rank_90"] = h.rank90;
    head["rank_95"] = h.rank95;
    head["rank_99"] = h.rank99;
    head["participation"] = bits(h.participation);
    j["heads"].push_back(head);
  }
  return j;
}

Json json(const Analysis& a) {
  Json j = {{"text", json(a.text)},
            {"context", a.context},
            {"skip", a.skip},
            {"tokens", a.tokens},
            {"tokens_planned", a.tokensPlanned},
            {"windows", a.windows},
            {"windows_planned", a.windowsPlanned},
            {"taps", Json::array()}};
  for (const TapStatistics& t : a.taps) j["taps"].push_back(json(t));
  const auto over = [](const std::optional<OverLayers>& o) {
    return o ? Json{bits(o->mean), bits(o->median), bits(o->max)} : Json();
  };
  j["summaries"] = Json::array();
  for (const TapSummary& s : a.summaries)
    j["summaries"].push_back({{"tap", tapName(s.tap)},
                              {"spread", over(s.spread)},
                              {"robust_spread", over(s.robustSpread)},
                              {"mean_sigma", over(s.meanSigma)}});
  j["kv_ratios"] = Json::array();
  for (const KvRatio& r : a.kvRatios)
    j["kv_ratios"].push_back({r.layer, tapName(r.keyTap), bits(r.ratio)});
  j["window_measured"] = a.windowMeasured;
  j["moments"] = Json::array();
  for (const StoredMoments& m : a.moments) {
    Json entry = {{"layer", m.layer},
                  {"tap", tapName(m.tap)},
                  {"shape", {m.heads, m.dim, m.groups}},
                  {"windows", m.windows},
                  {"tokens", m.tokens},
                  {"group_count", bits(m.groupCount)},
                  {"group_mean", bits(m.groupMean)},
                  {"group_m2", bits(m.groupM2)},
                  {"min", bits(m.min)},
                  {"max", bits(m.max)},
                  {"nonfinite", m.nonfinite},
                  {"heads", Json::array()}};
    for (const StoredCovariance& h : m.covariances)
      entry["heads"].push_back(
          {{"tokens", h.tokens}, {"mean", bits(h.mean)}, {"covariance", bits(h.covariance)}});
    j["moments"].push_back(entry);
  }
  return j;
}

Json json(const EvaluationSetting& s) {
  return {{"protocol", s.protocol},
          {"context", s.context},
          {"stride", s.stride},
          {"seed", s.seed},
          {"until", bits(s.until)},
          {"text", json(s.text)},
          {"calibration", s.calibration ? json(*s.calibration) : Json()},
          {"calibration_tokens", s.calibrationTokens},
          {"forced", s.forced}};
}

Json json(const std::vector<WindowDamage>& windows) {
  Json j = Json::array();
  for (const WindowDamage& w : windows) {
    Json entry = {w.window, w.tokens, bits(w.baselineNll), w.sameTop1};
    for (const auto* sums : {&w.deltaNll, &w.kl})
      for (const double sum : *sums) entry.push_back(bits(sum));
    j.push_back(std::move(entry));
  }
  return j;
}

Json json(const LayerCosts& c) {
  return {{"setting", json(c.setting)}, {"specs", c.specs}, {"windows", json(c.windows)}};
}

Json json(const Sensitivity& s) {
  Json j = {{"setting", json(s.setting)},
            {"spec", s.specText},
            {"columns", s.columns},
            {"layers", s.layers},
            {"counts", {s.tokensScored, s.tokensPlanned, s.windows, s.windowsPlanned}},
            {"baseline_ppl", bits(s.baselinePpl)},
            {"measured", json(s.measured)},
            {"cells", Json::array()},
            {"cumulative", Json::array()}};
  for (const SensitivityCell& c : s.cells)
    j["cells"].push_back({c.layer, c.column, bits(c.deltaNll), bits(c.deltaNllInterval),
                          bits(c.deltaPplPercent), bits(c.interval), bits(c.klMean),
                          bits(c.top1Agreement), bits(c.bitsSaved)});
  for (const CumulativePoint& p : s.cumulative)
    j["cumulative"].push_back(
        {p.column, p.layer, bits(p.estimatePercent), bits(p.deltaPplPercent), bits(p.interval)});
  return j;
}

Json json(const SweepCurve& c) {
  Json j = {{"name", c.name},
            {"label", c.label},
            {"targets", Json::array()},
            {"tap", c.tap ? Json(tapName(*c.tap)) : Json()},
            {"dim", c.dim},
            {"frees_cache", c.freesCache},
            {"points", Json::array()},
            {"safe", Json::array()}};
  for (const Target t : c.targets) j["targets"].push_back(targetName(t));
  for (const SweepPoint& p : c.points)
    j["points"].push_back({p.specText, p.rank, p.format, bits(p.tensorRatio), bits(p.cacheRatio),
                           bits(p.bytesPerToken), p.tokensScored, bits(p.deltaPplPercent),
                           bits(p.interval), bits(p.klMean), bits(p.top1Agreement), p.onFront,
                           p.plan});
  for (const SafeRatio& s : c.safe)
    j["safe"].push_back({bits(s.budgetPercent), int(s.state), bits(s.ratio), s.rank,
                         bits(s.deltaPplPercent), bits(s.interval), bits(s.failsFrom),
                         s.failsFromRank, s.bracketSteps, s.confirmed, s.passesAgain});
  return j;
}

Json json(const Sweep& s) {
  Json j = {{"setting", json(s.setting)}, {"method", s.method},      {"budgets", bits(s.budgets)},
            {"complete", s.complete},     {"curves", Json::array()}, {"verdict", Json()}};
  for (const SweepCurve& c : s.curves) j["curves"].push_back(json(c));
  if (!s.verdict) return j;
  Json rules = Json::array();
  for (const KeyRule& r : s.verdict->rules)
    rules.push_back({r.curve, bits(r.budgetPercent), int(r.ruling), r.reason});
  j["verdict"] = {rules, bits(s.verdict->halfRankDifference), bits(s.verdict->halfRankInterval),
                  s.verdict->sentences};
  return j;
}

Json json(const CompressionSpec& s) {
  Json j = {{"targets", Json::array()},
            {"rank", s.rank ? Json(*s.rank) : Json()},
            {"keep_percent", bits(s.keepPercent)},
            {"tap", s.tap ? Json(tapName(*s.tap)) : Json()},
            {"basis", kBasisNames[static_cast<std::size_t>(s.basis)]},
            {"scope", s.scope == Scope::Layer ? "layer" : "head"},
            {"centre", s.centre ? Json(*s.centre) : Json()},
            {"rotate", kRotationNames[static_cast<std::size_t>(s.rotation)]},
            {"format", s.format ? Json(kFormatNames[static_cast<std::size_t>(*s.format)]) : Json()},
            {"scale", s.scale ? Json(kScaleNames[static_cast<std::size_t>(*s.scale)]) : Json()},
            {"group", s.group ? Json(*s.group) : Json()},
            {"residual", s.residual},
            {"sink", s.sink},
            {"seed", s.seed},
            {"layers", s.layers}};
  for (const Target t : s.targets) j["targets"].push_back(targetName(t));
  return j;
}

Json json(const Accounting& a) {
  Json j = {{"cache_ratio", bits(a.cacheRatio)},
            {"baseline_bytes_per_token", bits(a.baselineBytesPerToken)},
            {"bytes_per_token", bits(a.bytesPerToken)},
            {"paid_once_bytes", bits(a.paidOnceBytes)},
            {"targets", Json::array()}};
  for (const TargetAccounting& t : a.targets)
    j["targets"].push_back({{"target", targetName(t.target)},
                            {"dim", t.dim},
                            {"rank", t.rank},
                            {"uniform", t.uniform},
                            {"kept", bits(t.kept)},
                            {"tensor_ratio", bits(t.tensorRatio)},
                            {"cache_ratio", bits(t.cacheRatio)},
                            {"bytes_per_token", bits(t.bytesPerToken)}});
  return j;
}

Json json(const PerplexityFigure& p) {
  return {{"nll_sum", bits(p.nllSum)},
          {"ppl", bits(p.ppl)},
          {"ppl_ci95", bits(p.interval)},
          {"bits_per_byte", bits(p.bitsPerByte)}};
}

Json json(const EvaluationFigures& f) {
  const Divergence& d = f.divergence;
  return {{"tokens_scored", f.tokensScored},
          {"tokens_planned", f.tokensPlanned},
          {"windows", f.windows},
          {"windows_planned", f.windowsPlanned},
          {"stopped_early", f.stoppedEarly},
          {"baseline", json(f.baseline)},
          {"compressed", json(f.compressed)},
          {"delta_ppl_percent", bits(f.deltaPplPercent)},
          {"delta_ppl_ci95", bits(f.deltaInterval)},
          {"kl_mean", bits(d.klMean)},
          {"kl_median", bits(d.klMedian)},
          {"kl_p99", bits(d.klP99)},
          {"kl_max", bits(d.klMax)},
          {"kl_mean_ci95", bits(d.klInterval)},
          {"top1_agreement", bits(d.top1Agreement)},
          {"top1_agreement_ci95", bits(d.top1Interval)},
          {"mean_delta_p", bits(d.meanDeltaP)},
          {"rms_delta_p", bits(d.rmsDeltaP)}};
}

Json json(const Evaluation& e) {
  Json j = json(static_cast<const EvaluationSetting&>(e));
  j.update({{"specs", Json::array()},
            {"spec", e.specText},
            {"accounting", json(e.accounting)},
            {"figures", json(e.figures)},
            {"convergence", Json::array()},
            {"nll", bits(e.nll)},
            {"baseline_nll", bits(e.baselineNll)},
            {"kl", bits(e.kl)},
            {"same_top1", e.sameTop1},
            {"window_tokens", e.windowTokens},
            {"window_first", e.windowFirst},
            {"window_measured", e.windowMeasured},
            {"positions", Json::array()}});
  for (const PositionFigure& p : e.figures.positions)
    j["positions"].push_back({p.first, p.last, p.tokens, bits(p.deltaNll), bits(p.interval)});
  for (const CompressionSpec& s : e.specs) j["specs"].push_back(json(s));
  for (const ConvergencePoint& p : e.convergence)
    j["convergence"].push_back({{"tokens", p.tokens},
                                {"delta_ppl_percent", bits(p.deltaPplPercent)},
                                {"interval", bits(p.interval)}});
  return j;
}

Json json(const ModelInfo& m) {
  Json j = {{"name", m.name},
            {"folder", m.folder},
            {"family", m.family},
            {"attention", m.attention == AttentionKind::Mla ? "mla" : "standard"},
            {"num_layers", m.numLayers},
            {"num_heads", m.numHeads},
            {"num_kv_heads", m.numKvHeads},
            {"head_dim", m.headDim},
            {"v_head_dim", m.vHeadDim},
            {"kv_lora_rank", m.kvLoraRank},
            {"qk_rope_head_dim", m.qkRopeHeadDim},
            {"hidden_size", m.hiddenSize},
            {"vocab_size", m.vocabSize},
            {"max_positions", m.maxPositions},
            {"qkv_bias", m.qkvBias},
            {"rotary", m.rotary},
            {"parameter_count", m.parameterCount},
            {"stored_dtype", m.storedDtype},
            {"compute_dtype", m.computeDtype},
            {"device", m.device},
            {"kv_bytes_per_token", m.kvBytesPerToken},
            {"taps", Json::array()},
            {"tokenizer", m.tokenizer},
            {"config", m.configJson},
            {"weight_files", Json::array()},
            {"warnings", m.warnings}};
  for (const Tap tap : m.taps) j["taps"].push_back(tapName(tap));
  for (const WeightFile& w : m.weightFiles)
    j["weight_files"].push_back({{"name", w.name}, {"bytes", w.bytes}, {"sha256", w.sha256}});
  return j;
}

Json json(const TokenKindFigure& f) {
  return {{"tokens", f.tokens}, {"delta_nll", bits(f.deltaNll)}, {"interval", bits(f.interval)}};
}

Json json(const std::vector<LikelyToken>& likeliest) {
  Json j = Json::array();
  for (const LikelyToken& likely : likeliest) j.push_back({likely.id, bits(likely.probability)});
  return j;
}

Json json(const Passage& p) {
  Json j = json(p.setting);
  j.update({{"spec", p.specText},
            {"sentence", p.sentence},
            {"window", p.window},
            {"windows", p.windows},
            {"tokens", Json::array()},
            {"texts", Json::object()},
            {"layers", Json::array()},
            {"attention", Json()},
            {"recall", Json()}});
  for (const PassageToken& t : p.tokens)
    j["tokens"].push_back({{"id", t.id},
                           {"scored", t.scored},
                           {"recalled", t.recalled},
                           {"baseline_nll", bits(t.baselineNll)},
                           {"nll", bits(t.nll)},
                           {"kl", bits(t.kl)},
                           {"same_top1", t.sameTop1},
                           {"baseline_likeliest", json(t.baselineLikeliest)},
                           {"likeliest", json(t.likeliest)}});
  for (const auto& [id, text] : p.texts) j["texts"][std::to_string(id)] = text;
  for (const LayerAttention& layer : p.layers)
    j["layers"].push_back({bits(layer.heads), bits(layer.mean), bits(layer.interval)});
  if (p.attention)
    j["attention"] = {{"layer", p.attention->layer},
                      {"head", p.attention->head},
                      {"kv_head", p.attention->kvHead},
                      {"baseline", bits(p.attention->baseline)},
                      {"compressed", bits(p.attention->compressed)},
                      {"row_kl", bits(p.attention->rowKl)}};
  if (p.recall) j["recall"] = {json(p.recall->recalled), json(p.recall->others)};
  return j;
}

Json json(const ModelRun& r) {
  Json j = {{"model", json(r.model)},
            {"analysis", r.analysis ? json(*r.analysis) : Json()},
            {"baseline", r.baseline ? json(*r.baseline) : Json()},
            {"plans", Json::array()},
            {"sensitivity", r.sensitivity ? json(*r.sensitivity) : Json()},
            {"layer_costs", r.layerCosts ? json(*r.layerCosts) : Json()},
            {"sweep", r.sweep ? json(*r.sweep) : Json()},
            {"passages", Json::array()}};
  for (const Evaluation& e : r.plans) j["plans"].push_back(json(e));
  for (const Passage& p : r.passages) j["passages"].push_back(json(p));
  return j;
}

}  // namespace

Json toJson(const Run& run) {
  return {{"program_version", run.programVersion},
          {"created", run.created},
          {"command", run.command},
          {"session", run.session},
          {"a", json(run.a)},
          {"b", run.b ? json(*run.b) : Json()}};
}

}  // namespace kvloupe::test
