// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/progress.hpp"
#include "types/allocation.hpp"
#include "types/fitted_plan.hpp"
#include "types/passage.hpp"
#include "types/run.hpp"
#include "types/shard.hpp"

namespace kvloupe {

struct OpenRequest {
  std::string model;  // a folder, or demo:gqa, demo:mla
  std::string device = "auto";
  std::string dtype = "auto";
  // Where the weights are while they are computed with: resident (in memory), stream (a layer at a
  // time from the files), auto (stream where they would not fit). The figures are the same.
  std::string memory = "auto";
};

struct AnalysisRequest {
  std::string textPath;        // empty: the demo's own calibration text
  std::int64_t maxTokens = 0;  // 0: the whole text
  int context = 0;             // 0: min(2048, the model's)
  int skip = 0;
  std::vector<Tap> taps;    // empty: all but queries
  Shard shard = {};         // of the text's windows; its sums are kept
  bool covariance = false;  // keep the sums that the statistics are made of
  // Where a stop is requested: return what was analysed so far and its sums, instead of throwing
  // Cancelled.
  bool keepPartial = false;
  // Interrupted before: its windows are not run again. Throws Error Mismatch where the question was
  // another.
  std::shared_ptr<const Analysis> known = {};
};

struct EvaluationRequest {
  std::string textPath;  // empty: the demo's own evaluation text
  std::string protocol = "papers";
  int context = 0;                     // 0: min(2048, the model's); with llama.cpp 512
  int stride = 0;                      // of protocol strided; 0: half the context
  std::vector<CompressionSpec> specs;  // empty: the baseline alone
  std::string calibrationPath;         // empty: the demo's own calibration text
  std::int64_t calibrationTokens = 0;  // 0: the whole text
  std::uint64_t seed = 0;
  bool force = false;          // although calibration and evaluation text overlap
  std::int64_t maxTokens = 0;  // of the text, from its beginning; 0: the whole text
  // Ends as soon as the interval of dPPL % is within +- so much (evaluation/early_stop.hpp).
  std::optional<double> until = {};
  // Where a stop is requested: return what was measured so far, instead of throwing Cancelled.
  bool keepPartial = false;
  Shard shard = {};  // of the text's windows; not with `until`
  // Measured before: windows of an evaluation with the same setting and specs are not run again.
  std::vector<std::shared_ptr<const Evaluation>> known = {};
  // Where one of those is of another text, or of other windows of it: throw Error Mismatch instead
  // of passing it over.
  bool resumes = false;
};

/// Which plans a sweep measures; `measure.specs` are not used.
struct SweepRequest {
  EvaluationRequest measure;
  std::vector<std::string> curves;          // of SweepCurve::name; empty: all that the model has
  std::vector<int> ranks;                   // measured as they are; empty: searched, by bisection
  std::vector<std::string> formats;         // measured beside them: "int4", "q8_0"
  std::vector<double> budgets = {1, 3, 5};  // percent
  std::string keys;                         // of every low rank: "basis=random,seed=3"
  bool verdict = false;  // apply the rule, and in MLA measure K and V at half rank
};

/// `measure.specs` say what is compressed, in one layer and target at a time.
struct SensitivityRequest {
  EvaluationRequest measure;
  bool cumulative = false;  // measure the most tolerant 2, 3, ... layers together, too
  // Interrupted before: its windows are not run again. Where the question was another it is passed
  // over, or with `measure.resumes` Error Mismatch is thrown.
  std::shared_ptr<const Sensitivity> known = {};
};

/// Exactly one of `budgetPercent` and `minRatio` ends the spending; with both, the budget may not
/// be exceeded and the ratio must be reached.
struct AllocationRequest {
  EvaluationRequest measure;
  std::optional<double> budgetPercent;
  std::optional<double> minRatio;
  std::vector<Target> targets;       // empty: K and V, or the latent and the rotary key
  std::vector<std::string> formats;  // to choose from beside ranks
  std::string keys;                  // of every low rank: "basis=query"
  // Interrupted before: its windows are not run again. Where the ways to choose from, or the
  // calibration text, were others it is passed over, or with `measure.resumes` Error Mismatch is
  // thrown.
  std::shared_ptr<const LayerCosts> known = {};
};

/// A layer and query head whose attention is wanted.
struct HeadChoice {
  int layer = 0;
  int head = 0;
};

/// A passage to be looked at under `measure.specs`; none: compressed is uncompressed. An evaluation
/// of the same setting and specs in `measure.known` tells of recalled tokens in the whole text.
struct PassageRequest {
  EvaluationRequest measure;
  int window = 0;  // of the evaluation text in its protocol's windows, in the order of the text
  std::string sentence;  // UTF-8, in place of the window; as a text of its own
  // With the divergence of every layer's attention. Without a sentence it is then the first one of
  // the evaluation text.
  std::optional<HeadChoice> attention = {};
};

/// Called after every window with figures so far.
using AnalysisFn = std::function<void(const Analysis&)>;
using EvaluationFn = std::function<void(const Evaluation&)>;
/// Called after every plan, or every window, with what there is so far.
using SweepFn = std::function<void(const Sweep&)>;
using SensitivityFn = std::function<void(const Sensitivity&)>;
using AllocationFn = std::function<void(const Allocation&)>;

/// One open model. Synchronous and not thread-safe: one thread uses it. All functions throw
/// Error, or Cancelled when `stop` was requested; what was measured before stays cached, so that
/// the same question asked again goes on where it was.
class Session {
 public:
  virtual ~Session() = default;
  [[nodiscard]] virtual const ModelInfo& info() const = 0;

  /// Streams a text through the model and accumulates the statistics of every tap. `partial` gets
  /// a whole Analysis at most 20 times a second.
  virtual Analysis analyse(const AnalysisRequest& request, std::stop_token stop,
                           const AnalysisFn& partial, const ProgressFn& progress) = 0;

  /// Perplexity of the baseline and of a plan on the same tokens. `partial` is called after every
  /// window, without per-token figures.
  virtual Evaluation evaluate(const EvaluationRequest& request, std::stop_token stop,
                              const EvaluationFn& partial, const ProgressFn& progress) = 0;

  /// Safe ratios, front and verdict. `partial` gets the sweep after every plan.
  virtual Sweep sweep(const SweepRequest& request, std::stop_token stop, const SweepFn& partial,
                      const ProgressFn& progress) = 0;

  /// The damage of one layer and target at a time. The layers before it are not computed again:
  /// L layers cost about half of L passes. `partial` is called after every window.
  virtual Sensitivity sensitivity(const SensitivityRequest& request, std::stop_token stop,
                                  const SensitivityFn& partial, const ProgressFn& progress) = 0;

  /// A plan within a budget or of a ratio. The order of spending is learned on the calibration
  /// text, how much is spent on the evaluation text. `partial` is called after every window of the
  /// one and every plan measured on the other, with what would go on from there.
  virtual Allocation allocate(const AllocationRequest& request, std::stop_token stop,
                              const AllocationFn& partial, const ProgressFn& progress) = 0;

  /// Every token of a passage under the uncompressed and the compressed model: both run over it,
  /// layer by layer. Memory: beside the two passes one head's two matrices of weights.
  virtual Passage lookAt(const PassageRequest& request, std::stop_token stop,
                         const ProgressFn& progress) = 0;

  /// What a plan took from its calibration text, and its rotations: the tensors of a
  /// plan.safetensors (resources/manual/plan-files.md), layer by layer. Fits what is not kept.
  virtual std::vector<PlanTensor> fittedTensors(const EvaluationRequest& request,
                                                std::stop_token stop,
                                                const ProgressFn& progress) = 0;

  /// SHA-256 of every weight file; fills info().weightFiles.
  virtual void hashWeights(std::stop_token stop, const ProgressFn& progress) = 0;
};

/// The one façade of the core. The window gets it from the core module; the command line does what
/// needs no model by itself (FilesEngine) and the rest with the module's.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::unique_ptr<Session> open(const OpenRequest& request, std::stop_token stop,
                                        const ProgressFn& progress) = 0;
  /// Facts of a model folder or of a config.json alone; reads the names of weights, not the
  /// weights. What is missing or not supported is among the warnings; what is damaged is an Error.
  virtual ModelInfo describe(const std::string& model) = 0;
  /// Token ids of a text, as the tokenizer in a model folder gives them; reads no weights.
  /// `specialTokens`: with those that its template adds.
  virtual std::vector<std::int32_t> tokenize(const std::string& model, const std::string& textPath,
                                             bool specialTokens) = 0;
  /// Throws Error where a run cannot be saved as `path`, before anything was measured for it.
  virtual void checkSavePath(const std::string& path) = 0;
  /// Atomic: the file at `path` is the old one or the whole new one.
  virtual void save(const Run& run, const std::string& path) = 0;
  virtual Run load(const std::string& path) = 0;
  /// Joins the files that the shards of one analysis or sweep left, to what one run gives. Throws
  /// Error Mismatch where they are not of one question, overlap, or leave windows out.
  virtual Run merge(const std::vector<std::string>& parts) = 0;
  /// Throws Error where a plan cannot be written as `path`, before anything was measured for it.
  virtual void checkPlanPath(const std::string& path) = 0;
  /// Writes plan.json at `path` and its tensors beside it, each file whole or not at all
  /// (resources/manual/plan-files.md). `command` is the line that makes it again, or empty. Throws
  /// Error Internal while a hash of the weights is pending, Io or NoSpace.
  virtual void exportPlan(const FittedPlan& plan, const ModelInfo& model,
                          const std::string& command, const std::string& path) = 0;
  /// The SPECs of a plan.json. Throws Error Malformed, naming the key, or Io.
  virtual std::vector<std::string> readPlan(const std::string& path) = 0;
};

std::unique_ptr<Engine> createEngine();

/// The core module's C factory, for dlopen: the caller owns the result.
inline constexpr const char* kEngineFactoryName = "kvloupe_create_engine";
using EngineFactory = Engine* (*)();

}  // namespace kvloupe
