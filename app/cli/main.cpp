// SPDX-License-Identifier: GPL-3.0-or-later
// kvloupe-cli: the command line. Exit status 0, 1 (failed, one line on stderr), 2 (usage).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stop_token>

#include "cli/commands.hpp"
#include "common/error.hpp"
#include "core_module/core_module.hpp"

namespace {

using namespace kvloupe;
using namespace kvloupe::cli;

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kInterrupted = 130;

std::stop_source stopSource;

extern "C" void onInterrupt(int) {
  stopSource.request_stop();
  std::signal(SIGINT, SIG_DFL);  // a second one ends the program at once
}

void addModel(CLI::App& command, std::string& model) {
  command.add_option("MODEL", model, "A Hugging Face folder, or demo:gqa, demo:mla")->required();
}

void addOpen(CLI::App& command, OpenRequest& open) {
  addModel(command, open.model);
  command.add_option("--device", open.device, "auto or cpu")->capture_default_str();
  command.add_option("--dtype", open.dtype, "What is computed in: auto or float32")
      ->capture_default_str();
}

void addOutput(CLI::App& command, Output& output, bool run) {
  command.add_flag("--json", output.json, "Print one JSON document");
  if (run) command.add_option("-o,--output", output.runPath, "Save the run as a .kvl.h5 file");
}

int run(int argc, char** argv) {
  CLI::App app{
      "Measures how far a language model's KV cache can be compressed, which half of it, "
      "and what that costs."};
  app.name("kvloupe-cli");
  app.set_version_flag("--version", KVLOUPE_VERSION);
  app.require_subcommand(1);
  Output output;

  std::string infoModel;
  CLI::App* infoCommand = app.add_subcommand("info", "Facts of a model folder or a config.json");
  addModel(*infoCommand, infoModel);
  addOutput(*infoCommand, output, false);

  TokenizeOptions tokens;
  bool plain = false;
  CLI::App* tokenizeCommand = app.add_subcommand("tokenize", "Token ids of a text");
  addModel(*tokenizeCommand, tokens.model);
  tokenizeCommand->add_option("--file", tokens.textPath, "The text, UTF-8")->required();
  tokenizeCommand->add_flag("--no-special-tokens", plain, "Without those the template adds");
  addOutput(*tokenizeCommand, output, false);

  AnalyzeOptions analysis;
  CLI::App* analyzeCommand =
      app.add_subcommand("analyze", "Variance of K and V per layer, head and dimension");
  addOpen(*analyzeCommand, analysis.open);
  analyzeCommand->add_option("--file", analysis.analysis.textPath,
                             "The text (a demo brings its calibration text)");
  analyzeCommand->add_option("-c,--context", analysis.analysis.context, "Tokens in a window")
      ->check(CLI::Range(2, 1 << 24));
  analyzeCommand->add_option("--tokens", analysis.analysis.maxTokens, "Read so many at most")
      ->check(CLI::PositiveNumber);
  analyzeCommand
      ->add_option("--skip", analysis.analysis.skip, "Leave each window's first N tokens out")
      ->check(CLI::NonNegativeNumber);
  analyzeCommand->add_option("--taps", analysis.taps, "Comma-separated, for example k,k_rope,v");
  addOutput(*analyzeCommand, output, true);

  PerplexityOptions evaluation;
  EvaluationRequest& request = evaluation.evaluation;
  CLI::App* perplexityCommand =
      app.add_subcommand("perplexity", "Perplexity, of the model itself or under a compression");
  addOpen(*perplexityCommand, evaluation.open);
  perplexityCommand->add_option("--file", request.textPath,
                                "The text to measure on (a demo brings its evaluation text)");
  perplexityCommand->add_option("--calibration", request.calibrationPath,
                                "The text that bases are fitted on");
  perplexityCommand
      ->add_option("--calibration-tokens", request.calibrationTokens, "Fit on so many at most")
      ->check(CLI::PositiveNumber);
  perplexityCommand->add_option("-c,--context", request.context, "Tokens in a window")
      ->check(CLI::Range(2, 1 << 24));
  perplexityCommand->add_option("--protocol", request.protocol, "papers, strided or llama.cpp")
      ->capture_default_str();
  perplexityCommand
      ->add_option("--stride", request.stride, "Of protocol strided; half the window unless told")
      ->check(CLI::PositiveNumber);
  perplexityCommand
      ->add_option("--compress", evaluation.specs,
                   "TARGET:key=value[,key=value...][@LAYERS], for example v:rank=32 or "
                   "k:keep=50,tap=k@4-23,26; may be given more than once")
      ->allow_extra_args(false);
  perplexityCommand->add_option("--seed", request.seed, "Of the order of the windows")
      ->capture_default_str();
  perplexityCommand->add_flag("--force", request.force,
                              "Although the texts overlap; the run is marked");
  perplexityCommand->add_flag("--analyze", evaluation.analyze,
                              "Keep the calibration text's statistics in the run");
  perplexityCommand->add_flag("--per-token", evaluation.perToken, "Add every token's NLL (--json)");
  addOutput(*perplexityCommand, output, true);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }

  tokens.specialTokens = !plain;
  std::signal(SIGINT, onInterrupt);
  const auto engine = loadEngine(coreModulePath());
  const std::stop_token stop = stopSource.get_token();
  if (*infoCommand) info(*engine, infoModel, output);
  if (*tokenizeCommand) tokenize(*engine, tokens, output);
  if (*analyzeCommand) analyze(*engine, analysis, output, stop);
  if (*perplexityCommand) perplexity(*engine, evaluation, output, stop);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int status = run(argc, argv);
    if (std::fflush(stdout) != 0) {
      fmt::print(stderr, "kvloupe-cli: standard output: could not be written\n");
      return kFailed;
    }
    return status;
  } catch (const Cancelled&) {
    fmt::print(stderr, "kvloupe-cli: cancelled\n");
    return kInterrupted;
  } catch (const Error& error) {
    fmt::print(stderr, "kvloupe-cli: {}\n", error.what());
    return error.code() == ErrorCode::InvalidArgument ? kUsage : kFailed;
  } catch (const std::exception& error) {
    fmt::print(stderr, "kvloupe-cli: internal error: {}\n", error.what());
    return kFailed;
  }
}
