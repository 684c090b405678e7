// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "cli/commands.hpp"
#include "cli/json_output.hpp"
#include "cli/progress_line.hpp"

namespace kvloupe::cli {

/// What the commands that open a model share: progress, resuming, saving and the last words.
class Measuring {
 public:
  Measuring(Engine& engine, const OpenRequest& open, const Output& output, std::stop_token stop);

  [[nodiscard]] Session& session() { return *session_; }
  [[nodiscard]] const ProgressFn& progress() const { return progress_; }

  /// Says on stderr what a person should know of a plan's figures. Throws Error where the model
  /// cannot have the plan.
  void warn(const std::vector<CompressionSpec>& specs) const;

  /// What the file that is resumed holds; nothing without --resume or where there is no file yet.
  /// Throws Error Mismatch where it is of other weights.
  [[nodiscard]] std::optional<ModelRun> resumed();
  /// The evaluations of it.
  [[nodiscard]] std::vector<std::shared_ptr<const Evaluation>> known();

  /// Hashes the weights, saves the run where -o asks for it and ends the progress line. Not
  /// stopped by the interrupt that ended the measurement. What else a resumed file holds stays in
  /// it, but where `alone` asks for the results alone.
  void finish(ModelRun results, bool alone = false);
  [[nodiscard]] const ModelInfo& model() const { return session_->info(); }

  /// Prints the document with its provenance.
  void print(Json document) const;
  /// Says where the file is, or that it was interrupted; the exit status.
  [[nodiscard]] int end(bool complete) const;

 private:
  Engine& engine_;
  const Output& output_;
  std::stop_token stop_;
  std::unique_ptr<ProgressLine> line_;
  ProgressFn progress_;
  std::unique_ptr<Session> session_;
};

}  // namespace kvloupe::cli
