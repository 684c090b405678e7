// SPDX-License-Identifier: GPL-3.0-or-later
// What compression costs on top of a full pass with all log probabilities, at the shape of
// Qwen2.5-0.5B with random weights: each plan's pass beside one without, and the share of its own
// pass that it spends in the chains.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <random>
#include <vector>

#include "bench/checkpoint.hpp"
#include "bench/figures_file.hpp"
#include "bench/gemm_peak.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "compression/plan_transform.hpp"
#include "model/backend.hpp"
#include "model/causal_lm.hpp"
#include "model/random_weights.hpp"

using namespace kvloupe;

namespace {

ModelInfo factsOf(const ModelConfig& config) {
  ModelInfo model;
  model.family = "qwen2";
  model.numLayers = config.numLayers;
  model.numHeads = config.numHeads;
  model.numKvHeads = config.numKvHeads;
  model.headDim = model.vHeadDim = config.headDim;
  model.qkvBias = config.qkvBias;
  return model;
}

/// Moments of all taps of one text, for the bases.
class Calibration final : public TapObserver {
 public:
  [[nodiscard]] bool wants(int, Tap) const override { return true; }
  void observe(int layer, Tap tap, const at::Tensor& values) override {
    const auto [found, fresh] = moments_.try_emplace({layer, tap}, static_cast<int>(values.size(1)),
                                                     static_cast<int>(values.size(2)), 1);
    found->second.add({values.data_ptr<float>(), static_cast<std::size_t>(values.numel())},
                      values.size(0), 0);
  }
  [[nodiscard]] const Moments& of(int layer, Tap tap) const { return moments_.at({layer, tap}); }

 private:
  std::map<std::pair<int, Tap>, Moments> moments_;
};

/// Counts the time that chains take.
class Timed final : public CacheTransform {
 public:
  explicit Timed(const PlanTransform& transform) : transform_(transform) {}
  [[nodiscard]] bool touches(int layer, Tap tap) const override {
    return transform_.touches(layer, tap);
  }
  [[nodiscard]] std::int64_t residual(int layer, Tap tap) const override {
    return transform_.residual(layer, tap);
  }
  [[nodiscard]] at::Tensor apply(int layer, Tap tap, const at::Tensor& values) const override {
    const Stopwatch stopwatch;
    at::Tensor result = transform_.apply(layer, tap, values);
    seconds += stopwatch.seconds();
    return result;
  }
  mutable double seconds = 0;

 private:
  const PlanTransform& transform_;
};

}  // namespace

int main(int argc, char** argv) {
  int tokens = 512, layers = 6, repeats = 5;
  std::string jsonPath;
  std::vector<std::string> specs = {"kv:bits=4",
                                    "kv:format=uint4",
                                    "kv:format=q8_0",
                                    "kv:format=q4_0",
                                    "kv:format=fp8",
                                    "kv:format=nvfp4",
                                    "kv:bits=4,scale=channel",
                                    "kv:bits=4,rotate=hadamard",
                                    "kv:bits=4,scale=channel,residual=32",
                                    "kv:rank=32",
                                    "kv:rank=32,bits=4,rotate=hadamard"};
  CLI::App app("Cost of compression on top of a pass at the shape of Qwen2.5-0.5B");
  app.add_option("--tokens", tokens, "of the sequence")->capture_default_str();
  app.add_option("--layers", layers)->capture_default_str();
  app.add_option("--repeats", repeats, "of everything, interleaved")->capture_default_str();
  app.add_option("--compress", specs, "SPECs instead of the usual ones");
  app.add_option("--json", jsonPath, "write the figures to this file");
  app.add_flag("--processor-time", Stopwatch::useProcessorTime,
               "measure processor time: with OMP_NUM_THREADS=1, on a busy machine");
  CLI11_PARSE(app, argc, argv);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);

  const ModelConfig config = parseConfig(qwen25Config(layers), "Qwen2.5-0.5B's shape");
  const ModelInfo facts = factsOf(config);
  const int threads = backend::useAllCores();
  const auto model = CausalLm::load(config, RandomWeights(config), {}, {});
  std::mt19937 random(7);
  std::vector<std::int32_t> ids, targets;
  for (int i = 0; i <= tokens; ++i)
    ids.push_back(static_cast<std::int32_t>(random() % static_cast<unsigned>(config.vocabSize)));
  targets.assign(ids.begin() + 1, ids.end());
  ids.pop_back();
  const auto pass = [&](const CacheTransform* transform) {
    const Stopwatch stopwatch;
    const at::Tensor hidden =
        model->forward(ids, {.observer = nullptr, .transform = transform, .stop = {}});
    (void)model->head().score(hidden, targets, {});
    return stopwatch.seconds();
  };

  Calibration calibration;
  (void)model->forward(ids, {.observer = &calibration, .transform = nullptr, .stop = {}});
  FittedBases bases({.model = facts,
                     .momentsOf = [&](int layer, Tap tap) -> const Moments& {
                       return calibration.of(layer, tap);
                     },
                     .weightsOf = [&](int layer) { return model->attentionWeights(layer); },
                     .anglesOf = [&](int layer) { return model->angles(layer, tokens); }});
  nlohmann::json plans = nlohmann::json::array();
  fmt::print("{:<38} {:>12} {:>12}\n", "plan", "pass", "in chains");
  for (const std::string& text : specs) {
    const CompressionSpec spec = parseSpec(text);
    PlanTransform transform(resolvePlan(std::span(&spec, 1), facts), facts, bases);
    TensorRanges ranges(transform, bases);
    if (ranges.wanted()) {
      (void)model->forward(ids, {.observer = &ranges, .transform = nullptr, .stop = {}});
      ranges.finish();
    }
    const Timed timed(transform);
    (void)pass(&timed);
    std::vector<double> ratios, shares;
    for (int i = 0; i < repeats; ++i) {
      const double before = pass(nullptr);
      timed.seconds = 0;
      const double compressed = pass(&timed);
      const double after = pass(nullptr);
      ratios.push_back(2 * compressed / (before + after));
      shares.push_back(timed.seconds / compressed);
    }
    fmt::print("{:<38} {:>+10.2f} % {:>10.2f} %\n", text, 100 * (median(ratios) - 1),
               100 * median(shares));
    plans.push_back({{"plan", text}, {"cost", median(ratios) - 1}, {"share", median(shares)}});
  }
  writeFigures(jsonPath, {{"shape", "Qwen2.5-0.5B"},
                          {"threads", threads},
                          {"clock", Stopwatch::useProcessorTime ? "processor" : "wall"},
                          {"layers", layers},
                          {"tokens", tokens},
                          {"repeats", repeats},
                          {"plans", plans}});
  return 0;
}
