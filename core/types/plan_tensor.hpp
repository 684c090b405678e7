// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kvloupe {

/// Something that was fitted for a plan, under its name in plan.safetensors
/// (resources/manual/plan-files.md).
struct PlanTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;  // the last axis runs fastest
};

}  // namespace kvloupe
