// SPDX-License-Identifier: GPL-3.0-or-later
// What the statistics of every tap but queries cost on top of a full pass with all log
// probabilities, at the shape of Qwen2.5-0.5B with random weights: passes with and without, and the
// share of its own time that a pass spends in them.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <random>

#include "analysis/moments.hpp"
#include "bench/checkpoint.hpp"
#include "bench/figures_file.hpp"
#include "bench/gemm_peak.hpp"
#include "model/backend.hpp"
#include "model/causal_lm.hpp"

using namespace kvloupe;

namespace {

/// As an analysis accumulates them; counts the time that it takes.
class Statistics final : public TapObserver {
 public:
  [[nodiscard]] bool wants(int, Tap tap) const override {
    return tap != Tap::Q && tap != Tap::QRope;
  }
  void observe(int layer, Tap tap, const at::Tensor& values) override {
    const Stopwatch stopwatch;
    const auto [found, fresh] = moments_.try_emplace({layer, tap}, static_cast<int>(values.size(1)),
                                                     static_cast<int>(values.size(2)), 20);
    found->second.add({values.data_ptr<float>(), static_cast<std::size_t>(values.numel())},
                      values.size(0), 0);
    seconds += stopwatch.seconds();
  }
  double seconds = 0;

 private:
  std::map<std::pair<int, Tap>, Moments> moments_;
};

}  // namespace

int main(int argc, char** argv) {
  int tokens = 512, layers = 24, repeats = 5;
  std::string jsonPath;
  CLI::App app("Cost of statistics on top of a pass at the shape of Qwen2.5-0.5B");
  app.add_option("--tokens", tokens, "of the sequence")->capture_default_str();
  app.add_option("--layers", layers)->capture_default_str();
  app.add_option("--repeats", repeats, "of everything, interleaved")->capture_default_str();
  app.add_option("--json", jsonPath, "write the figures to this file");
  app.add_flag("--processor-time", Stopwatch::useProcessorTime,
               "measure processor time: with OMP_NUM_THREADS=1, on a busy machine");
  CLI11_PARSE(app, argc, argv);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);

  const ModelConfig config = parseConfig(qwen25Config(layers), "Qwen2.5-0.5B's shape");
  const int threads = backend::useAllCores();
  const auto model = CausalLm::load(config, RandomWeights(config), {}, {});
  std::mt19937 random(7);
  std::vector<std::int32_t> ids;
  for (int i = 0; i <= tokens; ++i)
    ids.push_back(static_cast<std::int32_t>(random() % static_cast<unsigned>(config.vocabSize)));
  const std::span<const std::int32_t> all = ids;
  const auto pass = [&](TapObserver* observer) {
    const Stopwatch stopwatch;
    const at::Tensor hidden = model->forward(all.first(static_cast<std::size_t>(tokens)),
                                             {.observer = observer, .stop = {}});
    (void)model->head().score(hidden, all.subspan(1), {});
    return stopwatch.seconds();
  };

  Statistics statistics;
  (void)pass(&statistics);
  std::vector<double> costs, shares;
  for (int i = 0; i < repeats; ++i) {
    const double before = pass(nullptr);
    statistics.seconds = 0;
    const double observed = pass(&statistics);
    const double after = pass(nullptr);
    costs.push_back(2 * observed / (before + after) - 1);
    shares.push_back(statistics.seconds / observed);
    fmt::print("{:.2f} s a pass, {:.2f} s with statistics, {:.2f} % of those in them\n",
               (before + after) / 2, observed, 100 * shares.back());
  }
  fmt::print("median: {:+.2f} % on top of a pass, {:.2f} % in the statistics\n",
             100 * median(costs), 100 * median(shares));
  writeFigures(jsonPath, {{"shape", "Qwen2.5-0.5B"},
                          {"threads", threads},
                          {"clock", Stopwatch::useProcessorTime ? "processor" : "wall"},
                          {"layers", layers},
                          {"tokens", tokens},
                          {"repeats", repeats},
                          {"cost", median(costs)},
                          {"share", median(shares)}});
  return 0;
}
