// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/support/fake_engine.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "common/error.hpp"
#include "compression/plan/accounting.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "evaluation/same_measurement.hpp"

namespace kvloupe::test {
namespace {

constexpr int kWindowTokens = 16;

void work(int milliseconds, const std::stop_token& stop) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  do {
    throwIfStopped(stop);
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  } while (std::chrono::steady_clock::now() < end);
}

TapStatistics statisticsOf(int layer, Tap tap, std::int64_t tokens) {
  TapStatistics statistics;
  statistics.layer = layer;
  statistics.tap = tap;
  statistics.tokens = tokens;
  statistics.joined.spread = tap == Tap::V ? 2.0 : 20.0 + layer;
  statistics.joined.robustSpread = 1.5;
  statistics.joined.sigma.assign(16, 1.0);
  statistics.joined.noiseFloor = {static_cast<double>(tokens), 1.05, 1.1};
  statistics.heads.resize(2);
  for (HeadStatistics& head : statistics.heads) {
    head.spread = statistics.joined.spread;
    head.sigma.assign(8, 1.0);
    head.rank95 = 6;
    head.participation = 4;
    head.noiseFloor = statistics.joined.noiseFloor;
  }
  return statistics;
}

class FakeSession : public Session {
 public:
  FakeSession(ModelInfo info, std::shared_ptr<FakeScript> script)
      : info_(std::move(info)), script_(std::move(script)) {}

  const ModelInfo& info() const override { return info_; }

  Analysis analyse(const AnalysisRequest& request, std::stop_token stop, const AnalysisFn& partial,
                   const ProgressFn& progress) override {
    script_->note("analyse");
    Analysis analysis;
    analysis.text = calibrationText(request.textPath);
    analysis.context = request.context;
    analysis.windowsPlanned = script_->windows;
    analysis.tokensPlanned = analysis.windowsPlanned * kWindowTokens;
    for (int window = 1; window <= analysis.windowsPlanned; ++window) {
      work(script_->windowMs, stop);
      analysis.windows = window;
      analysis.tokens = window * kWindowTokens;
      analysis.taps.clear();
      for (int layer = 0; layer < info_.numLayers; ++layer)
        for (const Tap tap : info_.taps)
          analysis.taps.push_back(statisticsOf(layer, tap, analysis.tokens));
      progress({"Analysing", analysis.tokens, analysis.tokensPlanned, "tokens"});
      if (!analysis.complete()) partial(analysis);
    }
    return analysis;
  }

  Evaluation evaluate(const EvaluationRequest& request, std::stop_token stop,
                      const EvaluationFn& partial, const ProgressFn& progress) override {
    const std::string spec = specText(request.specs);
    script_->note("evaluate " + spec);
    if (script_->evaluateFails)
      throw Error(ErrorCode::OutOfMemory, {.message = "the device has no memory left",
                                           .file = {},
                                           .place = "layer 1",
                                           .expected = {},
                                           .found = {},
                                           .advice = "Use a shorter context"});
    const Plan plan = resolvePlan(request.specs, info_);
    Evaluation evaluation;
    evaluation.context = request.context;
    evaluation.protocol = request.protocol;
    evaluation.text = {"demo evaluation", request.textPath, "e", 8192};
    evaluation.specs = request.specs;
    evaluation.specText = spec;
    evaluation.accounting = account(plan, info_, kWindowTokens);
    EvaluationFigures& figures = evaluation.figures;
    figures.windowsPlanned = script_->windows;
    figures.tokensPlanned = figures.windowsPlanned * kWindowTokens;
    int dropped = 0;
    for (const auto& [place, chain] : plan.chains)
      if (place.first == 0) dropped += 8 - chain.rank.value_or(8);
    for (int window = 1; window <= figures.windowsPlanned; ++window) {
      work(script_->windowMs, stop);
      figures.windows = window;
      figures.tokensScored = window * kWindowTokens;
      figures.baseline = {2.0 * static_cast<double>(figures.tokensScored), std::exp(2.0), {}};
      figures.compressed = figures.baseline;
      figures.compressed.ppl *= 1 + dropped / 100.0;
      figures.deltaPplPercent = dropped;
      if (window >= 3) figures.deltaInterval = Interval{dropped - 0.5, dropped + 0.5};
      if (!request.specs.empty())
        evaluation.convergence.push_back(
            {figures.tokensScored, figures.deltaPplPercent, figures.deltaInterval});
      progress({"Measuring", figures.tokensScored, figures.tokensPlanned, "tokens"});
      if (!figures.complete()) partial(evaluation);
    }
    if (!request.specs.empty()) {
      evaluation.nll.assign(static_cast<std::size_t>(figures.tokensScored), 2.0F);
      evaluation.calibration = calibrationText(request.calibrationPath);
      evaluation.calibrationTokens = figures.tokensPlanned;
    }
    evaluation.baselineNll.assign(static_cast<std::size_t>(figures.tokensScored), baselineNll());
    evaluation.windowTokens.assign(static_cast<std::size_t>(figures.windows), kWindowTokens);
    evaluation.windowFirst.assign(static_cast<std::size_t>(figures.windows), 1);
    evaluation.windowMeasured.assign(static_cast<std::size_t>(figures.windows), 1);
    return evaluation;
  }

  Sweep sweep(const SweepRequest& request, std::stop_token stop, const SweepFn& partial,
              const ProgressFn& progress) override {
    script_->note("sweep");
    Sweep sweep;
    sweep.budgets = request.budgets;
    SweepCurve curve{.name = "v",
                     .label = "V only",
                     .targets = {Target::V},
                     .tap = {},
                     .dim = 8,
                     .points = {},
                     .safe = {}};
    for (const int rank : {6, 4}) {
      EvaluationRequest measure = request.measure;
      measure.specs = {parseSpec("v:rank=" + std::to_string(rank))};
      sweep.plans.push_back(std::make_shared<const Evaluation>(evaluate(
          measure, stop, [](const Evaluation&) {}, progress)));
      const Evaluation& plan = *sweep.plans.back();
      SweepPoint point;
      point.specText = plan.specText;
      point.rank = rank;
      point.cacheRatio = plan.accounting.cacheRatio;
      point.deltaPplPercent = plan.figures.deltaPplPercent;
      point.interval = plan.figures.deltaInterval;
      point.plan = static_cast<int>(sweep.plans.size()) - 1;
      curve.points.push_back(point);
      sweep.setting = *sweep.plans.front();
      sweep.curves = {curve};
      sweep.complete = rank == 4;
      if (partial && !sweep.complete) partial(sweep);
    }
    if (request.verdict) {
      sweep.verdict = Verdict{};
      sweep.verdict->rules.push_back({"k_rope", 1, Ruling::Undecided, "V is free"});
      sweep.verdict->sentences = {"V is the fragile one."};
    }
    return sweep;
  }

  Sensitivity sensitivity(const SensitivityRequest& request, std::stop_token stop,
                          const SensitivityFn& partial, const ProgressFn& progress) override {
    script_->note("sensitivity " + specText(request.measure.specs));
    Sensitivity result;
    result.setting = settingOf(request.measure);
    result.specText = specText(request.measure.specs);
    result.columns = {"k", "v", "k+v"};
    result.layers = info_.numLayers;
    result.windowsPlanned = script_->windows;
    for (int layer = 0; layer < info_.numLayers; ++layer)
      for (int column = 0; column < 3; ++column)
        result.cells.push_back({.layer = layer,
                                .column = column,
                                .deltaNll = 0.01 * (layer + 1) * (column + 1),
                                .deltaNllInterval = {},
                                .deltaPplPercent = 1.0 * (layer + 1) * (column + 1),
                                .interval = {}});
    for (int window = 1; window <= result.windowsPlanned; ++window) {
      measureWindow(request.known ? request.known->measured : std::vector<WindowDamage>{}, window,
                    stop, result.measured);
      result.windows = window;
      progress({"Layer by layer", window, result.windowsPlanned, "windows"});
      if (partial && !result.complete()) partial(result);
    }
    return result;
  }

  Allocation allocate(const AllocationRequest& request, std::stop_token stop,
                      const AllocationFn& partial, const ProgressFn& progress) override {
    script_->note("allocate");
    EvaluationRequest measure = request.measure;
    measure.specs = {parseSpec("v:rank=7@0"), parseSpec("v:rank=5@1")};
    Allocation allocation;
    allocation.complete = false;
    allocation.costs.specs = {"v:rank=7@0", "v:rank=5@1"};
    allocation.costs.setting = settingOf(request.measure);
    allocation.costs.setting.text = calibrationText(request.measure.calibrationPath);
    std::vector<WindowDamage> known;
    if (request.known && sameQuestion(*request.known, allocation.costs))
      known = request.known->windows;
    for (int window = 1; window <= script_->windows; ++window) {
      measureWindow(known, window, stop, allocation.costs.windows);
      progress({"Single layers", window, script_->windows, "windows"});
      partial(allocation);
    }
    allocation.budgetPercent = request.budgetPercent;
    allocation.minRatio = request.minRatio;
    allocation.plan = std::make_shared<const Evaluation>(evaluate(
        measure, stop, [](const Evaluation&) {}, progress));
    measure.specs = {parseSpec("v:rank=6")};
    allocation.uniform = std::make_shared<const Evaluation>(evaluate(
        measure, stop, [](const Evaluation&) {}, progress));
    allocation.plans = {allocation.plan, allocation.uniform};
    allocation.met = allocation.complete = true;
    return allocation;
  }

  /// Five tokens that lose nothing.
  Passage lookAt(const PassageRequest& request, std::stop_token stop,
                 const ProgressFn& progress) override {
    script_->note("look " + specText(request.measure.specs) + " window " +
                  std::to_string(request.window) + " " + request.sentence);
    progress({"Looking at a passage", 0, info_.numLayers, "layers"});
    work(script_->windowMs, stop);
    if (request.sentence == "a")
      throw Error(ErrorCode::InvalidArgument, {.message = "the sentence does not fit a window",
                                               .file = {},
                                               .place = "sentence",
                                               .expected = "2 to 512",
                                               .found = "1 tokens",
                                               .advice = {}});
    Passage passage;
    passage.setting = settingOf(request.measure);
    passage.specText = specText(request.measure.specs);
    passage.sentence = request.sentence;
    passage.window = request.window;
    passage.windows = script_->windows;
    if (!request.measure.known.empty()) passage.recall.emplace();  // the texts list their words
    for (int t = 0; t < 5; ++t) {
      passage.tokens.push_back({.id = t, .scored = t > 0, .baselineNll = 1, .nll = 1});
      passage.texts[t] = " t" + std::to_string(t);
    }
    return passage;
  }

  std::vector<PlanTensor> fittedTensors(const EvaluationRequest&, std::stop_token,
                                        const ProgressFn&) override {
    return {};
  }

  void hashWeights(std::stop_token stop, const ProgressFn&) override {
    script_->note("hash");
    throwIfStopped(stop);
    for (WeightFile& file : info_.weightFiles)
      file.sha256 = script_->weights == 0 ? "ab12" : "cd34";
  }

 private:
  [[nodiscard]] float baselineNll() const {
    return 2.0F + 0.01F * float(script_->weights) + (script_->otherDevice ? 0.001F : 0.0F);
  }

  static TextInfo calibrationText(const std::string& path) {
    return {"demo calibration", path, "c", 4096};
  }
  [[nodiscard]] EvaluationSetting settingOf(const EvaluationRequest& request) const {
    EvaluationSetting setting;
    setting.context = request.context;
    setting.protocol = request.protocol;
    setting.text = {"demo evaluation", request.textPath, "e", 8192};
    setting.calibration = calibrationText(request.calibrationPath);
    setting.calibrationTokens = script_->windows * kWindowTokens;
    return setting;
  }
  /// Adds window number `count`, without work where it is known.
  void measureWindow(const std::vector<WindowDamage>& known, int count, const std::stop_token& stop,
                     std::vector<WindowDamage>& measured) {
    throwIfStopped(stop);
    if (std::cmp_less(known.size(), count)) {
      script_->note("window " + std::to_string(count));
      work(script_->windowMs, stop);
    }
    measured.push_back({.window = count - 1,
                        .tokens = kWindowTokens,
                        .baselineNll = double(baselineNll()) * kWindowTokens,
                        .deltaNll = {},
                        .kl = {},
                        .sameTop1 = {}});
  }

  ModelInfo info_;
  std::shared_ptr<FakeScript> script_;
};

class FakeEngine : public Engine {
 public:
  explicit FakeEngine(std::shared_ptr<FakeScript> script) : script_(std::move(script)) {}

  std::unique_ptr<Session> open(const OpenRequest& request, std::stop_token stop,
                                const ProgressFn&) override {
    script_->note("open " + request.model);
    work(script_->openMs, stop);
    if (request.model.ends_with("missing"))
      throw Error(ErrorCode::NotFound, {.message = "there is no model here",
                                        .file = request.model,
                                        .place = {},
                                        .expected = "a folder with config.json",
                                        .found = "nothing",
                                        .advice = "Choose another folder"});
    ModelInfo info = fakeModel(request.model);
    if (request.dtype != "auto") info.computeDtype = request.dtype;
    return std::make_unique<FakeSession>(std::move(info), script_);
  }
  ModelInfo describe(const std::string& model) override { return fakeModel(model); }
  std::vector<std::int32_t> tokenize(const std::string&, const std::string&, bool) override {
    return {1, 2};
  }
  void checkSavePath(const std::string&) override {}

  void save(const Run& run, const std::string& path) override {
    script_->note("save " + path);
    if (script_->saveFails)
      throw Error(ErrorCode::NoSpace, {.message = "the disk is full",
                                       .file = path,
                                       .place = {},
                                       .expected = {},
                                       .found = {},
                                       .advice = {}});
    const std::lock_guard lock(script_->mutex);
    script_->saved = run;
  }
  Run merge(const std::vector<std::string>& parts) override { return load(parts.front()); }
  void checkPlanPath(const std::string&) override {}
  void exportPlan(const FittedPlan& plan, const ModelInfo&, const std::string&,
                  const std::string& path) override {
    script_->note("export " + plan.measured->specText + " to " + path);
  }
  std::vector<std::string> readPlan(const std::string& path) override {
    script_->note("read " + path);
    if (path.ends_with("other.json")) return {"v:rank=999"};  // of a larger model
    return {"v:rank=3", "v:rank=5@1"};
  }
  Run load(const std::string& path) override {
    script_->note("load " + path);
    std::this_thread::sleep_for(std::chrono::milliseconds(script_->loadMs));
    if (script_->loadFails)
      throw Error(ErrorCode::Malformed, {.message = "this is no run",
                                         .file = path,
                                         .place = {},
                                         .expected = {},
                                         .found = {},
                                         .advice = {}});
    const std::lock_guard lock(script_->mutex);
    return script_->saved;
  }

 private:
  std::shared_ptr<FakeScript> script_;
};

}  // namespace

int FakeScript::count(const std::string& call) {
  const std::lock_guard lock(mutex);
  return static_cast<int>(std::count(calls.begin(), calls.end(), call));
}

EngineSource fakeEngine(std::shared_ptr<FakeScript> script) {
  return [script] { return std::make_unique<FakeEngine>(script); };
}

ModelInfo fakeModel(const std::string& name) {
  ModelInfo model;
  const bool mla = name.ends_with("mla");
  model.name = name;
  model.folder = "/models/" + name;
  model.family = mla ? "deepseek_v2" : "qwen2";
  model.attention = mla ? AttentionKind::Mla : AttentionKind::Standard;
  model.numLayers = 2;
  model.numHeads = mla ? 2 : 4;
  model.numKvHeads = 2;
  model.headDim = model.vHeadDim = 8;
  if (mla) {
    model.kvLoraRank = 16;
    model.qkRopeHeadDim = 4;
  }
  model.hiddenSize = 32;
  model.vocabSize = 100;
  model.maxPositions = 512;
  model.parameterCount = 4960000;
  model.storedDtype = "bfloat16";
  model.computeDtype = "float32";
  model.device = "CPU, 2 threads";
  model.kvBytesPerToken = mla ? 80 : 128;
  model.taps = mla ? std::vector{Tap::K, Tap::KRope, Tap::V, Tap::LatentRaw, Tap::Latent}
                   : std::vector{Tap::KPrebias, Tap::K, Tap::KRope, Tap::V};
  model.weightFiles = {{"model.safetensors", 1000, ""}};
  return model;
}

}  // namespace kvloupe::test
