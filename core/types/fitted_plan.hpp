// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "types/evaluation.hpp"
#include "types/plan_tensor.hpp"

namespace kvloupe {

/// A measured plan with all that was fitted for it.
struct FittedPlan {
  std::shared_ptr<const Evaluation> measured;
  std::vector<PlanTensor> tensors;
};

}  // namespace kvloupe
