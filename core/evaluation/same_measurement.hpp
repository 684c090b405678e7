// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "types/damage.hpp"
#include "types/evaluation.hpp"

namespace kvloupe {

/// Whether both were measured on the same tokens, under the same protocol, with bases fitted on the
/// same tokens; in what order, and how far, is not asked.
[[nodiscard]] bool sameSetting(const EvaluationSetting& a, const EvaluationSetting& b);

/// Whether windows of the one are windows of the other.
[[nodiscard]] bool sameMeasurement(const Evaluation& a, const Evaluation& b);

/// What the costs were measured of and on, in one line.
[[nodiscard]] std::string questionOf(const LayerCosts& costs);

/// Whether windows of the one are windows of the other.
[[nodiscard]] bool sameQuestion(const LayerCosts& a, const LayerCosts& b);

}  // namespace kvloupe
