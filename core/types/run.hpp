// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "types/analysis.hpp"
#include "types/damage.hpp"
#include "types/evaluation.hpp"
#include "types/model_info.hpp"
#include "types/passage.hpp"
#include "types/sensitivity.hpp"
#include "types/sweep.hpp"

namespace kvloupe {

/// Everything measured of one model: what a chart needs without the model.
struct ModelRun {
  ModelInfo model;
  std::optional<Analysis> analysis;
  std::optional<Evaluation> baseline;
  std::vector<Evaluation> plans;  // every plan measured, oldest first
  std::optional<Sensitivity> sensitivity;
  std::optional<LayerCosts> layerCosts;  // that an allocation goes on from
  std::optional<Sweep> sweep;            // its points name their evaluations by index in `plans`
  std::vector<Passage> passages;         // in the order they were last looked at
};

/// A .kvl.h5 file: group /a and, where a second model is open, /b.
struct Run {
  std::string programVersion;
  std::string created;  // ISO 8601, UTC
  std::string command;  // line that makes it again; empty: made in the window
  /// What the window showed, one JSON document (manual/file-format.md); empty: made without one.
  std::string session;
  ModelRun a;
  std::optional<ModelRun> b;
};

}  // namespace kvloupe
