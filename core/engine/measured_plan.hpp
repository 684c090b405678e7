// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include "engine/engine.hpp"

namespace kvloupe {

/// Measures a plan on the way to an answer and adds it to `plans`, whose figures outlive a stop.
/// Throws Cancelled where it was interrupted: what there is of it is then the last of `plans`, if
/// `request.keepPartial` asks for it.
std::shared_ptr<const Evaluation> measurePlan(Session& session, const EvaluationRequest& request,
                                              std::vector<std::shared_ptr<const Evaluation>>& plans,
                                              const std::stop_token& stop,
                                              const ProgressFn& progress);

}  // namespace kvloupe
