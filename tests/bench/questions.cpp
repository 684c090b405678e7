// SPDX-License-Identifier: GPL-3.0-or-later
// What questions cost on demo:gqa, on its own texts: a sensitivity over L layers against L passes
// of the compressed model, a slider's first window, and how much of the text `--until` reads.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "bench/figures_file.hpp"
#include "bench/gemm_peak.hpp"
#include "compression/plan/spec.hpp"
#include "engine/engine.hpp"

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

template <typename Do>
double timed(const Do& what) {
  const Stopwatch stopwatch;
  what();
  return stopwatch.seconds();
}

}  // namespace

int main(int argc, char** argv) {
  int context = 512, repeats = 3;
  std::int64_t tokens = 8192;
  double until = 0.5;
  std::string jsonPath;
  CLI::App app("Cost of questions on demo:gqa");
  app.add_option("--context", context)->capture_default_str();
  app.add_option("--tokens", tokens, "of the evaluation text")->capture_default_str();
  app.add_option("--until", until, "half the interval, in %")->capture_default_str();
  app.add_option("--repeats", repeats)->capture_default_str();
  app.add_option("--json", jsonPath, "write the figures to this file");
  CLI11_PARSE(app, argc, argv);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);

  const auto engine = createEngine();
  const auto session = engine->open({.model = "demo:gqa"}, {}, nullptr);
  const int layers = session->info().numLayers;
  // Calibration and baseline are there before anything is timed, as in a window.
  (void)session->evaluate(requestOf("v:rank=24", context, tokens), {}, nullptr, nullptr);

  std::vector<double> ratios, firstWindows;
  for (int i = 0; i < repeats; ++i) {
    const double pass = timed([&] {
      (void)session->evaluate(requestOf("v:rank=24", context, tokens), {}, nullptr, nullptr);
    });
    const double sensitivity = timed([&] {
      (void)session->sensitivity(
          {.measure = requestOf("v:rank=24", context, tokens), .cumulative = false}, {}, nullptr,
          nullptr);
    });
    ratios.push_back(sensitivity / (layers * pass));
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
    fmt::print("a pass {:.2f} s, sensitivity of {} layers {:.2f} s, first window {:.0f} ms\n", pass,
               layers, sensitivity, 1000 * first);
  }
  fmt::print("sensitivity against {} passes: {:.2f}\n", layers, median(ratios));
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
                          {"layers", layers},
                          {"sensitivity_over_passes", median(ratios)},
                          {"first_window_seconds", median(firstWindows)},
                          {"until_percent", until},
                          {"share_of_text_read", read}});
  return 0;
}
