// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/engine.hpp"

namespace kvloupe::cli {

struct Output {
  bool json = false;
  bool quiet = false;   // no progress, no notes
  bool resume = false;  // go on from what the file at `path` holds
  std::string path;     // -o, or empty
  std::string command;  // line that makes this output again
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
  std::string planPath;    // --plan, or empty; its SPECs are the first of `specs`
  std::string planOutput;  // --export-plan, or empty
  bool analyze = false;    // keep the calibration text's statistics in the run, too
  bool perToken = false;
};

struct SweepOptions {
  OpenRequest open;
  SweepRequest sweep;  // its curves as a person names targets: "k" is K after and before RoPE
};

struct SensitivityOptions {
  OpenRequest open;
  SensitivityRequest sensitivity;
  std::vector<std::string> specs;
};

struct PlanOptions {
  OpenRequest open;
  AllocationRequest allocation;
  std::vector<std::string> targets;
};

struct ExportOptions {
  std::string run, what;
};

// Each returns the exit status: 0, or kInterrupted where it was stopped after something had been
// measured, which is then printed, written and marked as partial. All throw Error and Cancelled.
inline constexpr int kInterrupted = 130;

int info(Engine& engine, const std::string& model, const Output& output);
int tokenize(Engine& engine, const TokenizeOptions& options, const Output& output);
int analyze(Engine& engine, AnalyzeOptions options, const Output& output, std::stop_token stop);
int perplexity(Engine& engine, PerplexityOptions options, const Output& output,
               std::stop_token stop);
int sweep(Engine& engine, SweepOptions options, const Output& output, std::stop_token stop);
int sensitivity(Engine& engine, SensitivityOptions options, const Output& output,
                std::stop_token stop);
int plan(Engine& engine, PlanOptions options, const Output& output, std::stop_token stop);
int compare(Engine& engine, const std::string& a, const std::string& b, const Output& output);
int merge(Engine& engine, const std::vector<std::string>& parts, const Output& output);
int exportRun(Engine& engine, const ExportOptions& options, const Output& output);

}  // namespace kvloupe::cli
