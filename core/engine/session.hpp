// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "compression/fitted_bases.hpp"
#include "compression/plan_transform.hpp"
#include "engine/demo_models.hpp"
#include "engine/engine.hpp"
#include "engine/text_statistics.hpp"
#include "evaluation/window_results.hpp"
#include "evaluation/window_scorer.hpp"
#include "model/causal_lm.hpp"
#include "text/corpus.hpp"
#include "text/tokenizer.hpp"

namespace kvloupe {

/// An open model, and what was computed with it: the statistics of the latest calibration text
/// and the baseline of the latest evaluation text are kept, so that moving a slider costs one pass
/// of the compressed model.
class ModelSession final : public Session {
 public:
  ModelSession(ModelInfo info, std::unique_ptr<CausalLm> model,
               std::unique_ptr<Tokenizer> tokenizer, std::optional<DemoModel> demo);

  [[nodiscard]] const ModelInfo& info() const override { return info_; }
  Analysis analyse(const AnalysisRequest& request, std::stop_token stop, const AnalysisFn& partial,
                   const ProgressFn& progress) override;
  Evaluation evaluate(const EvaluationRequest& request, std::stop_token stop,
                      const EvaluationFn& partial, const ProgressFn& progress) override;
  Sweep sweep(const SweepRequest& request, std::stop_token stop, const SweepFn& partial,
              const ProgressFn& progress) override;
  Sensitivity sensitivity(const SensitivityRequest& request, std::stop_token stop,
                          const SensitivityFn& partial, const ProgressFn& progress) override;
  Allocation allocate(const AllocationRequest& request, std::stop_token stop,
                      const AllocationFn& partial, const ProgressFn& progress) override;
  Passage lookAt(const PassageRequest& request, std::stop_token stop,
                 const ProgressFn& progress) override;
  std::vector<PlanTensor> fittedTensors(const EvaluationRequest& request, std::stop_token stop,
                                        const ProgressFn& progress) override;
  void hashWeights(std::stop_token stop, const ProgressFn& progress) override;

 private:
  struct TokenizedText {
    Text text;
    TextInfo info;
    std::vector<std::int32_t> ids;
    std::filesystem::file_time_type modified;
  };
  struct KeptStatistics {
    /// A basis may weigh errors at all distances of the context, also where the text is shorter.
    KeptStatistics(std::string textKey, TextStatistics textStatistics, int context,
                   const ModelInfo& model, const CausalLm& lm);
    KeptStatistics(const KeptStatistics&) = delete;
    KeptStatistics& operator=(const KeptStatistics&) = delete;

    std::string key;
    TextStatistics statistics;
    FittedBases bases;  // of these statistics, decomposed once: another rank is a slice
  };
  struct KeptScorer {
    std::string key;
    WindowScorer scorer;
  };
  struct Fit {
    std::shared_ptr<const TokenizedText> text;
    std::int64_t tokens = 0;
    bool forced = false;
    std::unique_ptr<PlanTransform> transform;
  };

  struct Measured {
    std::shared_ptr<const TokenizedText> text;
    int context = 0;
    WindowScorer& scorer;

    /// Tokens that a plan's bits are counted over: a text may be shorter than the context.
    [[nodiscard]] int windowLength() const { return int(scorer.windows().front().length); }
  };

  std::shared_ptr<const TokenizedText> readTokens(const std::string& path);
  int contextFor(int requested, int unlessTold) const;
  std::vector<Tap> defaultTaps() const;

  KeptStatistics& statisticsOf(const TokenizedText& text, std::int64_t maxTokens, int context,
                               int skip, Shard shard = {});
  WindowScorer& scorerOf(const TokenizedText& text, const EvaluationRequest& request, int context);
  /// What the specs do to the model, fitted on the calibration text where it has to be.
  Fit fit(const EvaluationRequest& request, const Plan& plan, const TokenizedText& evaluated,
          int context, std::stop_token stop, const ProgressFn& progress);
  /// The text that bases are fitted on. Throws Error InvalidArgument where there is none.
  std::shared_ptr<const TokenizedText> calibrationOf(const EvaluationRequest& request);
  /// One entry a token of the text: whether its own list says that it is recalled; empty: no list.
  const std::vector<std::uint8_t>& recalledOf(const TokenizedText& text);
  bool refuseOverlap(const TokenizedText& calibration, const TokenizedText& evaluated, bool force);
  /// The text of a request in its windows.
  Measured measured(const EvaluationRequest& request);
  /// Throws Error Mismatch where an evaluation that is known was of another text or windows.
  static void requireSameText(const EvaluationRequest& request, const Measured& on);
  /// What `specs` cost on the calibration text, one layer and target each and each alone, in
  /// ascending order of layers. Fills `result.setting` and `result.costs`, which outlive a stop.
  /// Throws Cancelled.
  std::vector<SensitivityCell> measureAlone(const AllocationRequest& request,
                                            std::span<const std::string> specs, Allocation& result,
                                            std::stop_token stop, const AllocationFn& partial,
                                            const ProgressFn& progress);
  /// Keeps what there is of an evaluation that was stopped, for the next of the same question.
  void keepInterrupted(Evaluation evaluation, const WindowResults& results);
  static EvaluationSetting settingOf(const EvaluationRequest& request, const Measured& measured,
                                     const Fit& fitted);

  ModelInfo info_;
  std::unique_ptr<CausalLm> model_;
  std::unique_ptr<Tokenizer> tokenizer_;
  std::optional<DemoModel> demo_;
  std::map<std::string, std::shared_ptr<const TokenizedText>> texts_;  // by path
  std::optional<KeptStatistics> statistics_;
  std::optional<KeptScorer> scorer_;
  std::deque<Evaluation> interrupted_;                         // the latest last
  std::map<std::string, std::vector<std::uint8_t>> recalled_;  // by hash of the text
  std::set<std::pair<std::string, std::string>> disjoint_;     // hashes of texts that share nothing
};

}  // namespace kvloupe
