// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/measured_plan.hpp"

#include "common/error.hpp"

namespace kvloupe {

std::shared_ptr<const Evaluation> measurePlan(Session& session, const EvaluationRequest& request,
                                              std::vector<std::shared_ptr<const Evaluation>>& plans,
                                              const std::stop_token& stop,
                                              const ProgressFn& progress) {
  auto plan =
      std::make_shared<const Evaluation>(session.evaluate(request, stop, nullptr, progress));
  const EvaluationFigures& figures = plan->figures;
  if (figures.windows == 0) throw Cancelled();
  plans.push_back(plan);
  if (!figures.stoppedEarly && figures.windows < request.shard.windowsOf(figures.windowsPlanned))
    throw Cancelled();
  return plan;
}

}  // namespace kvloupe
