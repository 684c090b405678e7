// SPDX-License-Identifier: GPL-3.0-or-later
// What questions cost: a sensitivity over L layers against L passes of the compressed model, on
// demo:gqa and on a deeper model with the proportions of Qwen2.5-0.5B; on demo:gqa a slider's first
// window, and how much of the text `--until` reads.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "bench/checkpoint.hpp"
#include "bench/figures_file.hpp"
#include "bench/gemm_peak.hpp"
#include "compression/plan/spec.hpp"
#include "engine/engine.hpp"
#include "support/processor_timer.hpp"

using namespace kvloupe;

namespace {

EvaluationRequest requestOf(const std::string& spec, int context, std::int64_t tokens) {
  EvaluationRequest request;
  request.context = context;
  request.maxTokens = tokens;
  request.calibrationTokens = 16'384;
  if (!spec.empty()) request.specs = {parseSpec(spec)};
  return request;
}

/// 24 layers with the proportions of Qwen2.5-0.5B: the output head takes 0.28 of a pass.
constexpr const char* kDeepConfig = R"({"model_type": "qwen2", "vocab_size": 43776,
    "hidden_size": 256, "intermediate_size": 1390, "num_hidden_layers": 24,
    "num_attention_heads": 4, "num_key_value_heads": 1, "max_position_embeddings": 2048,
    "rms_norm_eps": 1e-6, "rope_theta": 1000000.0, "tie_word_embeddings": true,
    "hidden_act": "silu", "torch_dtype": "bfloat16"})";

/// Seconds of processor time: a ratio of two does not depend on what else runs on the machine.
template <typename Do>
double timed(const Do& what) {
  const test::ProcessorTimer timer;
  what();
  return timer.elapsed() / 1000;
}

/// A sensitivity over all layers against as many passes of the compressed model: the median of
/// repeats. Calibration and baseline are there before anything is timed, as in a window.
double sensitivityOverPasses(Session& session, const EvaluationRequest& request, int repeats) {
  const int layers = session.info().numLayers;
  (void)session.evaluate(request, {}, nullptr, nullptr);
  std::vector<double> ratios;
  for (int i = 0; i < repeats; ++i) {
    const double pass = timed([&] { (void)session.evaluate(request, {}, nullptr, nullptr); });
    const double sensitivity = timed([&] {
      (void)session.sensitivity({.measure = request, .cumulative = false}, {}, nullptr, nullptr);
    });
    ratios.push_back(sensitivity / (layers * pass));
    fmt::print("a pass {:.2f} s of processor time, sensitivity of {} layers {:.2f} s\n", pass,
               layers, sensitivity);
  }
  fmt::print("sensitivity against {} passes: {:.2f}\n", layers, median(ratios));
  return median(ratios);
}

/// The same on a model of random weights, with the demo's tokenizer and texts.
double deepSensitivity(Engine& engine, int context, std::int64_t tokens, int repeats) {
  namespace fs = std::filesystem;
  const TemporaryFolder folder({});
  (void)writeCheckpoint(folder.path(), kDeepConfig);
  fs::copy_file(fs::path(KVLOUPE_DEMO) / "gqa" / "tokenizer.json",
                folder.path() / "tokenizer.json");
  const auto session = engine.open({.model = folder.path().string()}, {}, nullptr);
  EvaluationRequest request = requestOf("v:rank=24", context, tokens);
  request.textPath = KVLOUPE_DEMO "/evaluation.txt";
  request.calibrationPath = KVLOUPE_DEMO "/calibration.txt";
  return sensitivityOverPasses(*session, request, repeats);
}

}  // namespace

int main(int argc, char** argv) {
  int context = 512, repeats = 3;
  std::int64_t tokens = 8192, deepTokens = 2048;
  double until = 0.5;
  std::string jsonPath;
  CLI::App app("Cost of questions");
  app.add_option("--context", context)->capture_default_str();
  app.add_option("--tokens", tokens, "of the evaluation text")->capture_default_str();
  app.add_option("--deep-tokens", deepTokens, "of it, for the deeper model")->capture_default_str();
  app.add_option("--until", until, "half the interval, in %")->capture_default_str();
  app.add_option("--repeats", repeats)->capture_default_str();
  app.add_option("--json", jsonPath, "write the figures to this file");
  CLI11_PARSE(app, argc, argv);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);

  const auto engine = createEngine();
  const auto session = engine->open({.model = "demo:gqa"}, {}, nullptr);
  const double ratio =
      sensitivityOverPasses(*session, requestOf("v:rank=24", context, tokens), repeats);
  const double deepRatio = deepSensitivity(*engine, context, deepTokens, repeats);

  std::vector<double> firstWindows;
  for (int i = 0; i < repeats; ++i) {
    // Another rank than before: its basis is cut anew.
    double first = 0;
    std::stop_source stop;
    const Stopwatch stopwatch;
    EvaluationRequest slider = requestOf(fmt::format("v:rank={}", 20 + i), context, tokens);
    slider.keepPartial = true;
    (void)session->evaluate(
        slider, stop.get_token(),
        [&](const Evaluation&) {
          if (first == 0) first = stopwatch.seconds();
          stop.request_stop();
        },
        nullptr);
    firstWindows.push_back(first);
  }
  fmt::print("first window after a slider's move: {:.0f} ms\n", 1000 * median(firstWindows));

  nlohmann::json read = nlohmann::json::object();
  for (const char* spec : {"v:rank=24", "v:rank=16", "k:rank=32"}) {
    EvaluationRequest request = requestOf(spec, context, 0);
    request.until = until;
    const EvaluationFigures figures = session->evaluate(request, {}, nullptr, nullptr).figures;
    fmt::print("{:<10} {:>7} of {} tokens to ±{} %\n", spec, figures.tokensScored,
               figures.tokensPlanned, until);
    read[spec] = double(figures.tokensScored) / double(figures.tokensPlanned);
  }
  writeFigures(jsonPath, {{"model", "demo:gqa"},
                          {"context", context},
                          {"tokens", tokens},
                          {"sensitivity_over_passes", ratio},
                          {"deep_sensitivity_over_passes", deepRatio},
                          {"first_window_seconds", median(firstWindows)},
                          {"until_percent", until},
                          {"share_of_text_read", read}});
  return 0;
}
