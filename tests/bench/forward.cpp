// SPDX-License-Identifier: GPL-3.0-or-later
// Speed of a full pass with all log probabilities at the shape of Qwen2.5-0.5B with random weights,
// beside the peak of matrix products measured between the passes; what it costs to observe all
// taps; how soon a cancelled pass ends.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <thread>

#include "bench/checkpoint.hpp"
#include "bench/figures_file.hpp"
#include "bench/gemm_peak.hpp"
#include "model/backend.hpp"
#include "model/causal_lm.hpp"
#include "model/matrix_product.hpp"
#include "model/random_weights.hpp"

using namespace kvloupe;

namespace {

/// Multiplications and additions of one pass over `tokens` tokens, output head included, attention
/// counted below the diagonal only.
double operations(const ModelConfig& config, std::int64_t tokens) {
  const double t = static_cast<double>(tokens), hidden = config.hiddenSize;
  const double queries = config.numHeads * config.headDim;
  const double keys = config.numKvHeads * config.headDim;
  const double weights = hidden * (2 * queries + 2 * keys + 3.0 * config.intermediateSize);
  const double layer = 2 * t * weights + 2 * queries * t * (t + 1);
  return config.numLayers * layer + 2 * t * hidden * config.vocabSize;
}

class Idle : public TapObserver {
 public:
  [[nodiscard]] bool wants(int, Tap) const override { return true; }
  void observe(int, Tap, const at::Tensor& values) override { seen += values.numel(); }
  std::int64_t seen = 0;
};

struct Bench {
  const CausalLm& model;
  std::vector<std::int32_t> ids, targets;

  Bench(const CausalLm& lm, int tokens) : model(lm) {
    std::mt19937 random(7);
    for (int i = 0; i <= tokens; ++i)
      ids.push_back(
          static_cast<std::int32_t>(random() % static_cast<unsigned>(lm.config().vocabSize)));
    targets.assign(ids.begin() + 1, ids.end());
    ids.pop_back();
  }

  /// Seconds of a pass with every token's log probability.
  [[nodiscard]] double pass(TapObserver* observer, const std::stop_token& stop) const {
    const Stopwatch stopwatch;
    const at::Tensor hidden = model.forward(ids, {.observer = observer, .stop = stop});
    (void)model.head().score(hidden, targets, stop);
    return stopwatch.seconds();
  }

  /// Milliseconds from a request to stop, `after` seconds into a pass, to its end; nothing where
  /// the pass was over before.
  [[nodiscard]] std::optional<double> cancelLatency(double after) const {
    std::stop_source stop;
    std::optional<Stopwatch> requested;
    const std::jthread canceller([&] {
      std::this_thread::sleep_for(std::chrono::duration<double>(after));
      requested.emplace();
      stop.request_stop();
    });
    try {
      (void)pass(nullptr, stop.get_token());
    } catch (const Cancelled&) {
      return 1000 * requested->seconds();
    }
    return std::nullopt;
  }
};

}  // namespace

int main(int argc, char** argv) {
  int tokens = 512, layers = 24, repeats = 7, cancels = 20, cancelTokens = 2048;
  std::string dtype = "float32", jsonPath;
  CLI::App app("Speed of a full pass at the shape of Qwen2.5-0.5B, beside the GEMM peak");
  app.add_option("--tokens", tokens, "of the sequence")->capture_default_str();
  app.add_option("--layers", layers)->capture_default_str();
  app.add_option("--repeats", repeats, "of everything, interleaved")->capture_default_str();
  app.add_option("--cancels", cancels, "random moments; 0: none")->capture_default_str();
  app.add_option("--cancel-tokens", cancelTokens)->capture_default_str();
  app.add_option("--dtype", dtype, "what products are computed in")
      ->check(CLI::IsMember({"float32", "bfloat16"}))
      ->capture_default_str();
  app.add_option("--json", jsonPath, "write the figures to this file");
  app.add_flag("--processor-time", Stopwatch::useProcessorTime,
               "measure processor time: with OMP_NUM_THREADS=1, on a busy machine");
  CLI11_PARSE(app, argc, argv);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);

  const ModelConfig config = parseConfig(qwen25Config(layers), "Qwen2.5-0.5B's shape");
  const int threads = backend::useAllCores();
  const ComputeType type = dtype == "float32" ? ComputeType::Float32 : ComputeType::Bfloat16;
  if (type == ComputeType::Bfloat16 && bfloat16Speed() == 0) {
    fmt::print(stderr, "no products of bfloat16 on this computer\n");
    return 1;
  }
  const auto model = CausalLm::load(config, RandomWeights(config), {}, {}, type);
  const Bench bench(*model, tokens);
  (void)bench.pass(nullptr, {});

  std::vector<double> rates, peaks, ratios, plain, observed;
  for (int i = 0; i < repeats; ++i) {
    const double before = gemmPeak(type, tokens, config.hiddenSize, config.intermediateSize, 0.4);
    plain.push_back(bench.pass(nullptr, {}));
    const double after = gemmPeak(type, tokens, config.hiddenSize, config.intermediateSize, 0.4);
    Idle idle;
    observed.push_back(bench.pass(&idle, {}));
    peaks.push_back(std::max(before, after));
    rates.push_back(operations(config, tokens) / plain.back());
    ratios.push_back(rates.back() / peaks.back());
    fmt::print(
        "{:.0f} tokens/s, {:.0f} of {:.0f} GFLOP/s, ratio {:.3f}; observed {:.0f} tokens/s\n",
        tokens / plain.back(), rates.back() / 1e9, peaks.back() / 1e9, ratios.back(),
        tokens / observed.back());
  }

  std::vector<double> latencies;
  double cancelPass = 0;
  if (cancels > 0) {
    const Bench longer(*model, cancelTokens);
    const Stopwatch wall(false);
    cancelPass = longer.pass(nullptr, {});
    std::mt19937 random(11);
    double latest = wall.seconds();
    while (static_cast<int>(latencies.size()) < cancels) {
      const double after = std::uniform_real_distribution<double>(0, latest)(random);
      if (const std::optional<double> latency = longer.cancelLatency(after)) {
        latencies.push_back(*latency);
        fmt::print("stopped {:.2f} s into a pass: over in {:.0f} ms\n", after, *latency);
      } else {
        latest = after;
      }
    }
  }

  const double observerCost = median(observed) / median(plain) - 1;
  nlohmann::json figures = {{"shape", "Qwen2.5-0.5B"},
                            {"dtype", dtype},
                            {"threads", threads},
                            {"clock", Stopwatch::useProcessorTime ? "processor" : "wall"},
                            {"tokens", tokens},
                            {"repeats", repeats},
                            {"tokens_per_second", tokens / median(plain)},
                            {"gflops", median(rates) / 1e9},
                            {"gemm_peak_gflops", median(peaks) / 1e9},
                            {"ratio", median(ratios)},
                            {"observer_cost", observerCost}};
  fmt::print("median: {:.0f} tokens/s on {} threads, GEMM peak {:.0f} GFLOP/s, ratio {:.3f}\n",
             tokens / median(plain), threads, median(peaks) / 1e9, median(ratios));
  fmt::print("observing all taps: {:+.2f} %\n", 100 * observerCost);
  if (!latencies.empty()) {
    const double worst = std::ranges::max(latencies);
    figures["cancel"] = {{"tokens", cancelTokens},
                         {"pass_seconds", cancelPass},
                         {"moments", cancels},
                         {"median_ms", median(latencies)},
                         {"max_ms", worst}};
    fmt::print(
        "cancel at {} tokens (a pass takes {:.1f} s), {} random moments: median {:.0f} ms, "
        "max {:.0f} ms\n",
        cancelTokens, cancelPass, cancels, median(latencies), worst);
  }
  writeFigures(jsonPath, std::move(figures));
  return 0;
}
