// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run_store/sample_run.hpp"

#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>

namespace kvloupe::test {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

class Maker {
 public:
  Maker(unsigned seed, std::size_t tokens) : random_(seed), tokens_(tokens) {}

  ModelRun modelRun(const std::string& name, bool mla) {
    ModelRun run;
    run.model = model(name, mla);
    run.analysis = analysis(run.model);
    run.baseline = evaluation(false);
    for (int i = 0; i < 3; ++i) run.plans.push_back(evaluation(true));
    run.plans[1].specs.clear();
    run.plans[1].convergence.clear();
    run.plans[1].nll.clear();
    run.plans[1].calibration.reset();
    run.plans[2].figures.deltaInterval.reset();
    run.plans[2].figures.divergence.klInterval.reset();
    run.plans[2].figures.compressed.ppl = std::numeric_limits<double>::infinity();
    run.sensitivity = sensitivity(run.model.numLayers);
    run.sweep = sweep();
    return run;
  }

 private:
  double real() { return std::ldexp(std::normal_distribution<>()(random_), integer(-40, 40)); }
  int integer(int low, int high) { return std::uniform_int_distribution<>(low, high)(random_); }
  Interval interval() { return {real(), real()}; }
  std::vector<double> reals(int n) {
    std::vector<double> values;
    for (int i = 0; i < n; ++i) values.push_back(real());
    return values;
  }

  ModelInfo model(const std::string& name, bool mla) {
    ModelInfo m;
    m.name = name;
    m.folder = "/models/Größe – 模型/" + name;
    m.family = mla ? "deepseek_v2" : "qwen2";
    m.attention = mla ? AttentionKind::Mla : AttentionKind::Standard;
    m.numLayers = 6;
    m.numHeads = 4;
    m.numKvHeads = 2;
    m.headDim = 64;
    m.vHeadDim = 48;
    m.kvLoraRank = mla ? 128 : 0;
    m.qkRopeHeadDim = mla ? 32 : 0;
    m.hiddenSize = 256;
    m.vocabSize = 1024;
    m.maxPositions = 2048;
    m.qkvBias = !mla;
    m.parameterCount = 671'026'419'200;
    m.storedDtype = "bfloat16";
    m.computeDtype = "float32";
    m.device = "CPU, 2 threads";
    m.kvBytesPerToken = 3072;
    m.taps = mla ? std::vector{Tap::K, Tap::KRope, Tap::V, Tap::LatentRaw, Tap::Latent}
                 : std::vector{Tap::KPrebias, Tap::K, Tap::KRope, Tap::V};
    m.tokenizer = "byte-level BPE, 1024 tokens, “Ġ”";
    m.configJson = "{\n  \"model_type\": \"" + m.family + "\",\n  \"note\": \"" +
                   std::string(70'000, 'x') + "\"\n}\n";
    m.weightFiles = {{"model-00001-of-00002.safetensors", 5'000'000'000, std::string(64, 'a')},
                     {"model-00002-of-00002.safetensors", 12, ""}};
    if (mla) m.warnings = {"auto_map is not run", "", "ein Wort: äöü"};
    return m;
  }

  void fillSpread(SpreadStatistics& s, int dim, bool undefined) {
    s.sigma = reals(dim);
    s.meanSigma = real();
    s.noiseFloor = {real(), real(), real()};
    s.notToldFromNoise = integer(0, 1) == 1;
    if (undefined) return;
    s.spread = real();
    s.robustSpread = integer(0, 3) == 0 ? kNaN : real();
    if (integer(0, 1) == 1) s.spreadInterval = interval();
    if (integer(0, 1) == 1) s.effectiveNoiseFloor = NoiseFloor{real(), real(), real()};
  }

  TapStatistics tap(int layer, Tap tap, TapShape shape, bool undefined) {
    TapStatistics t;
    t.layer = layer;
    t.tap = tap;
    t.tokens = 16'384;
    t.nonfinite = integer(0, 9);
    t.heads.resize(static_cast<std::size_t>(shape.heads));
    for (HeadStatistics& head : t.heads) {
      fillSpread(head, shape.dim, undefined);
      head.mean = reals(shape.dim);
      head.min = reals(shape.dim);
      head.max = reals(shape.dim);
      head.nonfinite.assign(static_cast<std::size_t>(shape.dim), integer(0, 1000));
      if (undefined) continue;
      head.eigenvalues = reals(shape.dim);
      head.rank90 = integer(1, 20);
      head.rank95 = integer(20, 30);
      head.rank99 = integer(30, 40);
      head.participation = real();
    }
    fillSpread(t.joined, shape.heads * shape.dim, undefined);
    return t;
  }

  Analysis analysis(const ModelInfo& model) {
    Analysis a;
    a.text = text("calibration.txt");
    a.context = 512;
    a.skip = 4;
    a.tokens = 8192;
    a.tokensPlanned = 16'384;
    a.windows = 16;
    a.windowsPlanned = 32;
    for (int layer = 0; layer < model.numLayers; ++layer)
      for (const Tap t : model.taps) {
        // V lacks a layer and has one that is narrower; a dead layer has no spectrum.
        if (t == Tap::V && layer == 4) continue;
        TapShape shape = tapShape(model, t);
        if (t == Tap::V && layer == 2) shape = {1, 7};
        a.taps.push_back(tap(layer, t, shape, layer == 5));
      }
    for (const Tap t : model.taps) {
      TapSummary summary{.tap = t, .spread = {}, .robustSpread = {}, .meanSigma = {}};
      if (t != Tap::V) summary.spread = OverLayers{real(), real(), real()};
      if (t != Tap::K) summary.robustSpread = OverLayers{real(), real(), real()};
      summary.meanSigma = OverLayers{real(), real(), real()};
      a.summaries.push_back(summary);
    }
    for (int layer = 0; layer < model.numLayers; ++layer)
      a.kvRatios.push_back({layer, layer % 2 == 0 ? Tap::K : Tap::KRope, real()});
    return a;
  }

  TextInfo text(const std::string& name) {
    return {name, "/texts/" + name, std::string(64, static_cast<char>('a' + integer(0, 5))),
            20'000 + integer(0, 999), 90'000 + integer(0, 999)};
  }

  EvaluationSetting setting(bool plan) {
    EvaluationSetting s;
    s.protocol = plan ? "strided" : "papers";
    s.context = 512;
    s.stride = plan ? 256 : 0;
    s.seed = 0xfedcba9876543210;
    if (plan) s.until = 0.5;
    s.text = text("evaluation – 评估.txt");
    if (!plan) return s;
    s.calibration = text("calibration.txt");
    s.calibrationTokens = 16'384;
    s.forced = true;
    return s;
  }

  std::optional<Interval> maybeInterval() {
    return integer(0, 1) == 1 ? std::optional(interval()) : std::nullopt;
  }

  Sensitivity sensitivity(int layers) {
    Sensitivity s;
    s.setting = setting(true);
    s.specText = "kv:rank=24";
    s.columns = {"k", "v", "k+v"};
    s.layers = layers;
    s.tokensScored = 511;
    s.tokensPlanned = 1022;
    s.windows = 1;
    s.windowsPlanned = 2;
    s.baselinePpl = real();
    for (int layer = 0; layer < layers; ++layer)
      for (int column = 0; column < 3; ++column)
        s.cells.push_back({layer, column, real(), maybeInterval(), real(), maybeInterval(), real(),
                           real(), real()});
    for (int i = 0; i < 4; ++i) s.cumulative.push_back({i % 3, i, real(), real(), maybeInterval()});
    return s;
  }

  Sweep sweep() {
    Sweep s;
    s.setting = setting(true);
    s.method = "low rank, pca";
    s.budgets = {1, 3};
    s.complete = false;
    for (const char* name : {"v", "k"}) {
      SweepCurve curve;
      curve.name = name;
      curve.label = "only – " + curve.name;
      curve.targets = {Target::K, Target::V};
      if (curve.name == "k") curve.tap = Tap::K;
      curve.dim = 64;
      curve.freesCache = curve.name == "v";
      for (int i = 0; i < 3; ++i)
        curve.points.push_back({"v:rank=" + std::to_string(i + 1), i + 1, i == 1 ? "int4" : "",
                                real(), real(), real(), 511, real(), maybeInterval(), real(),
                                real(), i == 2, i - 1});
      for (const double budget : s.budgets) {
        SafeRatio safe;
        safe.budgetPercent = budget;
        safe.state = static_cast<SafeRatio::State>(integer(0, 2));
        if (integer(0, 1) == 1) safe.ratio = real();
        safe.rank = integer(1, 64);
        safe.deltaPplPercent = real();
        safe.interval = maybeInterval();
        if (integer(0, 1) == 1) safe.failsFrom = real();
        safe.failsFromRank = integer(1, 64);
        safe.bracketSteps = integer(0, 9);
        safe.confirmed = integer(0, 1) == 1;
        safe.passesAgain = integer(0, 1) == 1;
        curve.safe.push_back(safe);
      }
      s.curves.push_back(curve);
    }
    s.verdict = Verdict{.rules = {{"k", 1, Ruling::Holds, "V 1.44×, K fails from 1.07×"},
                                  {"k", 0, Ruling::Undecided, ""}},
                        .halfRankDifference = real(),
                        .halfRankInterval = interval(),
                        .sentences = {"One.", "“Two” – 二."}};
    return s;
  }

  Evaluation evaluation(bool plan) {
    Evaluation e;
    static_cast<EvaluationSetting&>(e) = setting(plan);
    if (plan) {
      e.specs.push_back({.targets = {Target::K, Target::V},
                         .rank = 24,
                         .keepPercent = {},
                         .tap = {},
                         .basis = Basis::Query,
                         .scope = Scope::Head,
                         .rotation = Rotation::Hadamard,
                         .format = Format::Uint4,
                         .scale = Scale::Channel,
                         .group = 64,
                         .residual = 128,
                         .sink = 4,
                         .seed = 0xfedcba9876543211,
                         .layers = {{0, 2}, {5, 5}}});
      e.specs.push_back({.targets = {Target::Latent},
                         .rank = {},
                         .keepPercent = 37.5,
                         .tap = Tap::LatentRaw,
                         .basis = Basis::Random,
                         .scope = Scope::Layer,
                         .centre = true,
                         .layers = {}});
      e.specText = "kv:rank=24@0-2,5 latent:keep=37.5";
    }
    for (const Target target : {Target::K, Target::V, Target::RopeKey})
      e.accounting.targets.push_back({target, integer(1, 64), integer(1, 64), integer(0, 1) == 1,
                                      real(), real(), real(), real()});
    e.accounting.cacheRatio = real();
    e.accounting.baselineBytesPerToken = real();
    e.accounting.bytesPerToken = real();
    e.accounting.paidOnceBytes = real();
    EvaluationFigures& f = e.figures;
    f.tokensScored = static_cast<std::int64_t>(tokens_);
    f.tokensPlanned = 20'000;
    f.windows = 7;
    f.windowsPlanned = 39;
    f.stoppedEarly = plan;
    f.baseline = {real(), real(), interval(), real()};
    f.compressed = {real(), real(), std::nullopt, real()};
    for (int i = 0; i < 3; ++i) f.positions.push_back({i, i + 1, 77, real(), maybeInterval()});
    f.deltaPplPercent = real();
    f.deltaInterval = interval();
    f.divergence = {.klMean = real(),
                    .klMedian = real(),
                    .klP99 = real(),
                    .klMax = kNaN,
                    .klInterval = interval(),
                    .top1Agreement = real(),
                    .top1Interval = interval(),
                    .meanDeltaP = real(),
                    .rmsDeltaP = -0.0};
    for (int i = 0; i < 7; ++i)
      e.convergence.push_back({i * 511, real(), i < 2 ? std::nullopt : std::optional(interval())});
    for (std::size_t i = 0; i < tokens_; ++i) {
      if (plan) e.nll.push_back(static_cast<float>(std::abs(real())));
      e.baselineNll.push_back(static_cast<float>(std::abs(real())));
      if (plan) e.kl.push_back(static_cast<float>(std::abs(real())));
      if (plan) e.sameTop1.push_back(integer(0, 1) == 1);
    }
    e.windowTokens = {511, 511, 17};
    e.windowMeasured = {1, 0, 1};
    return e;
  }

  std::mt19937 random_;
  std::size_t tokens_;
};

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

Json json(const Sensitivity& s) {
  Json j = {{"setting", json(s.setting)},
            {"spec", s.specText},
            {"columns", s.columns},
            {"layers", s.layers},
            {"counts", {s.tokensScored, s.tokensPlanned, s.windows, s.windowsPlanned}},
            {"baseline_ppl", bits(s.baselinePpl)},
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

Json json(const ModelRun& r) {
  Json j = {{"model", json(r.model)},
            {"analysis", r.analysis ? json(*r.analysis) : Json()},
            {"baseline", r.baseline ? json(*r.baseline) : Json()},
            {"plans", Json::array()},
            {"sensitivity", r.sensitivity ? json(*r.sensitivity) : Json()},
            {"sweep", r.sweep ? json(*r.sweep) : Json()}};
  for (const Evaluation& e : r.plans) j["plans"].push_back(json(e));
  return j;
}

}  // namespace

Run sampleRun(unsigned seed, std::size_t tokens) {
  Maker make(seed, tokens);
  Run run;
  run.programVersion = "0.1.0";
  run.created = "2025-05-20T12:34:56Z";
  run.command = "kvloupe-cli perplexity demo:gqa --file 'größe 1.txt'";
  run.a = make.modelRun("demo:gqa", false);
  run.b = make.modelRun("demo:mla", true);
  return run;
}

Json toJson(const Run& run) {
  return {{"program_version", run.programVersion},
          {"created", run.created},
          {"command", run.command},
          {"a", json(run.a)},
          {"b", run.b ? json(*run.b) : Json()}};
}

}  // namespace kvloupe::test
