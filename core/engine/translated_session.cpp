// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/translated_session.hpp"

#include "model/backend.hpp"

namespace kvloupe {

Analysis TranslatedSession::analyse(const AnalysisRequest& request, std::stop_token stop,
                                    const AnalysisFn& partial, const ProgressFn& progress) {
  return backend::translated("the analysis", [&] {
    return session_->analyse(request, std::move(stop), partial, progress);
  });
}

Evaluation TranslatedSession::evaluate(const EvaluationRequest& request, std::stop_token stop,
                                       const EvaluationFn& partial, const ProgressFn& progress) {
  return backend::translated("the measurement", [&] {
    return session_->evaluate(request, std::move(stop), partial, progress);
  });
}

Sweep TranslatedSession::sweep(const SweepRequest& request, std::stop_token stop,
                               const SweepFn& partial, const ProgressFn& progress) {
  return backend::translated(
      "the sweep", [&] { return session_->sweep(request, std::move(stop), partial, progress); });
}

Sensitivity TranslatedSession::sensitivity(const SensitivityRequest& request, std::stop_token stop,
                                           const SensitivityFn& partial,
                                           const ProgressFn& progress) {
  return backend::translated("measuring layer by layer", [&] {
    return session_->sensitivity(request, std::move(stop), partial, progress);
  });
}

Allocation TranslatedSession::allocate(const AllocationRequest& request, std::stop_token stop,
                                       const AllocationFn& partial, const ProgressFn& progress) {
  return backend::translated("the allocation over the layers", [&] {
    return session_->allocate(request, std::move(stop), partial, progress);
  });
}

Passage TranslatedSession::lookAt(const PassageRequest& request, std::stop_token stop,
                                  const ProgressFn& progress) {
  return backend::translated("reading the passage",
                             [&] { return session_->lookAt(request, std::move(stop), progress); });
}

std::vector<PlanTensor> TranslatedSession::fittedTensors(const EvaluationRequest& request,
                                                         std::stop_token stop,
                                                         const ProgressFn& progress) {
  return backend::translated("fitting the plan", [&] {
    return session_->fittedTensors(request, std::move(stop), progress);
  });
}

void TranslatedSession::hashWeights(std::stop_token stop, const ProgressFn& progress) {
  backend::translated("hashing the weights",
                      [&] { session_->hashWeights(std::move(stop), progress); });
}

}  // namespace kvloupe
