// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <exception>
#include <functional>
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

  /// Says so where a plan was measured on another model than this one.
  void warnOfOtherModel(const ModelInfo& planned);

  /// What the file that is resumed holds; nothing without --resume or where there is no file yet.
  /// Throws Error Mismatch where it is of other weights.
  [[nodiscard]] std::optional<ModelRun> resumed();
  /// Asks that a measurement keeps what it has when it is interrupted, and goes on from the
  /// evaluations of `before`.
  static void resume(EvaluationRequest& request, const std::optional<ModelRun>& before);

  /// Hashes the weights and ends the progress line. Not stopped by the interrupt that ended the
  /// measurement.
  void close();
  /// That, and saves the run where -o asks for it; `end` tells where it could not be. What else a
  /// resumed file holds stays in it, but where `alone` asks for the results alone.
  void finish(ModelRun results, bool alone = false);
  /// Runs what writes a file, unless another could not be written; `end` throws what it throws.
  void write(const std::function<void()>& writing);
  [[nodiscard]] const ModelInfo& model() const { return session_->info(); }

  /// Prints the document with its provenance.
  void print(Json document) const;
  /// Says where the file is, or that it was interrupted; the exit status. Throws what kept the run
  /// from being saved: by now its figures were printed.
  [[nodiscard]] int end(bool complete) const { return end(complete, output_.path); }
  /// `saved`: what is said to be saved where it is not the run.
  [[nodiscard]] int end(bool complete, const std::string& saved) const;

 private:
  void save(ModelRun results, bool alone);

  Engine& engine_;
  const Output& output_;
  std::stop_token stop_;
  std::unique_ptr<ProgressLine> line_;
  ProgressFn progress_;
  std::unique_ptr<Session> session_;
  std::exception_ptr failure_;  // of saving
};

}  // namespace kvloupe::cli
