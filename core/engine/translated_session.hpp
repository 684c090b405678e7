// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <utility>

#include "engine/engine.hpp"

namespace kvloupe {

/// A session whose every failure is an Error or Cancelled: what libtorch throws of its own, with a
/// stack trace of many lines, becomes one line that says what was being done.
class TranslatedSession final : public Session {
 public:
  explicit TranslatedSession(std::unique_ptr<Session> session) : session_(std::move(session)) {}

  [[nodiscard]] const ModelInfo& info() const override { return session_->info(); }
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
  std::unique_ptr<Session> session_;
};

}  // namespace kvloupe
