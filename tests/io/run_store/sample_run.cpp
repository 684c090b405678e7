// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run_store/sample_run.hpp"

#include <cmath>
#include <limits>
#include <random>

namespace kvloupe::test {
namespace {

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
    run.layerCosts = layerCosts();
    run.sweep = sweep();
    run.passages = {passage(run.model, false), passage(run.model, true)};
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
    m.rotary = mla;
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
    for (const TapStatistics& t : a.taps)
      if (t.tap == model.taps.front()) a.moments.push_back(moments(t));
    for (int w = 0; w < a.windowsPlanned; ++w) a.windowMeasured.push_back(w % 2 == 0);
    return a;
  }

  StoredMoments moments(const TapStatistics& t) {
    StoredMoments m;
    m.layer = t.layer;
    m.tap = t.tap;
    m.heads = static_cast<int>(t.heads.size());
    m.dim = 3;
    m.groups = 4;
    m.windows = integer(1, 9);
    m.tokens = integer(1, 9999);
    const int dimensions = m.heads * m.dim;
    m.groupCount = reals(dimensions * m.groups);
    m.groupMean = reals(dimensions * m.groups);
    m.groupM2 = reals(dimensions * m.groups);
    m.min = reals(dimensions);
    m.max = reals(dimensions);
    m.nonfinite.assign(std::size_t(dimensions), integer(0, 9));
    for (int h = 0; h < m.heads; ++h)
      m.covariances.push_back({integer(0, 99), reals(m.dim), reals(m.dim * m.dim)});
    return m;
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

  Passage passage(const ModelInfo& model, bool attention) {
    Passage p;
    p.setting = setting(true);
    p.specText = "v:rank=24";
    if (attention) p.sentence = "“Größe” – 评估.";
    p.window = attention ? 0 : 2;
    p.windows = 3;
    const int count = 9;
    for (int i = 0; i < count; ++i) {
      PassageToken t;
      t.id = integer(0, model.vocabSize - 1);
      p.texts[t.id] = i == 3 ? "" : " 评" + std::to_string(t.id);
      t.scored = i > 1;
      if (t.scored) {
        t.recalled = integer(0, 1) == 1;
        t.baselineNll = static_cast<float>(real());
        t.nll = static_cast<float>(real());
        t.kl = static_cast<float>(real());
        t.sameTop1 = integer(0, 1) == 1;
        for (int c = 0; c < 5; ++c) t.baselineLikeliest.push_back({integer(0, 1023), share()});
        for (int c = 0; c < (i == 4 ? 2 : 3); ++c)
          t.likeliest.push_back({integer(0, 1023), share()});
      }
      p.tokens.push_back(t);
    }
    if (!attention) {
      p.recall = RecallFigures{.recalled = {77, real(), interval()}, .others = {9, real()}};
      return p;
    }
    HeadAttention head{.layer = 5, .head = 3, .kvHead = 1};
    for (int i = 0; i < count * count; ++i) {
      head.baseline.push_back(share());
      head.compressed.push_back(share());
    }
    head.rowKl = reals(count);
    p.attention = head;
    for (int layer = 0; layer < model.numLayers; ++layer)
      p.layers.push_back({reals(model.numHeads), real(), maybeInterval()});
    return p;
  }

  float share() { return std::uniform_real_distribution<float>()(random_); }

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
    s.measured = {damage(4, s.cells.size()), damage(1, s.cells.size())};
    return s;
  }

  WindowDamage damage(int window, std::size_t compressions) {
    WindowDamage d{.window = window,
                   .tokens = 511,
                   .baselineNll = real(),
                   .deltaNll = {},
                   .kl = {},
                   .sameTop1 = {}};
    d.deltaNll = reals(int(compressions));
    d.kl = reals(int(compressions));
    for (std::size_t i = 0; i < compressions; ++i) d.sameTop1.push_back(integer(0, 511));
    return d;
  }

  LayerCosts layerCosts() {
    LayerCosts costs;
    costs.setting = setting(true);
    costs.specs = {"k:rank=56@0", "k:format=int4@0", "v:rank=8@1"};
    costs.windows = {damage(3, 3), damage(0, 3)};
    return costs;
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
    e.windowFirst = {1, 1, 256};
    e.windowMeasured = {1, 0, 1};
    return e;
  }

  std::mt19937 random_;
  std::size_t tokens_;
};

}  // namespace

Run sampleRun(unsigned seed, std::size_t tokens) {
  Maker make(seed, tokens);
  Run run;
  run.programVersion = "0.1.0";
  run.created = "2025-05-20T12:34:56Z";
  run.command = "kvloupe-cli perplexity demo:gqa --file 'größe 1.txt'";
  run.session = R"({"version": 1, "view": {"page": "größe"}})";
  run.a = make.modelRun("demo:gqa", false);
  run.b = make.modelRun("demo:mla", true);
  return run;
}

}  // namespace kvloupe::test
