// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "types/analysis.hpp"
#include "types/evaluation.hpp"
#include "types/model_info.hpp"

namespace kvloupe {

/// Everything measured of one model: what a chart needs without the model.
struct ModelRun {
  ModelInfo model;
  std::optional<Analysis> analysis;
  std::optional<Evaluation> baseline;
  std::vector<Evaluation> plans;  // every plan measured, oldest first
};

/// A .kvl.h5 file: group /a and, where a second model is open, /b.
struct Run {
  std::string programVersion;
  std::string created;  // ISO 8601, UTC
  ModelRun a;
  std::optional<ModelRun> b;
};

}  // namespace kvloupe
