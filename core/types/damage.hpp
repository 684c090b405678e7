// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "types/evaluation.hpp"

namespace kvloupe {

/// What one window says of compressions that were measured one at a time: sums over the tokens
/// that are scored in it.
struct WindowDamage {
  int window = 0;  // in the order of the text
  std::int64_t tokens = 0;
  double baselineNll = 0;  // nats
  // One entry a compression.
  std::vector<double> deltaNll;  // nats
  std::vector<double> kl;        // nats
  std::vector<std::int64_t> sameTop1;
};

/// Ways to store one target in one layer, each measured alone on the calibration text: an
/// allocation spends by them.
struct LayerCosts {
  EvaluationSetting setting;       // its text is the one that the costs were measured on
  std::vector<std::string> specs;  // a way each
  std::vector<WindowDamage> windows;
};

}  // namespace kvloupe
