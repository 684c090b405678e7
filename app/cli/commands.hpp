// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/engine.hpp"

namespace kvloupe::cli {

struct Output {
  bool json = false;
  std::string runPath;  // -o, or empty
};

struct TokenizeOptions {
  std::string model, textPath;
  bool specialTokens = true;
};

struct AnalyzeOptions {
  OpenRequest open;
  AnalysisRequest analysis;
  std::string taps;  // comma-separated, or empty for the default ones
};

struct PerplexityOptions {
  OpenRequest open;
  EvaluationRequest evaluation;
  std::vector<std::string> specs;
  bool analyze = false;  // keep the calibration text's statistics in the run, too
  bool perToken = false;
};

void info(Engine& engine, const std::string& model, const Output& output);
void tokenize(Engine& engine, const TokenizeOptions& options, const Output& output);
void analyze(Engine& engine, AnalyzeOptions options, const Output& output, std::stop_token stop);
void perplexity(Engine& engine, PerplexityOptions options, const Output& output,
                std::stop_token stop);

}  // namespace kvloupe::cli
