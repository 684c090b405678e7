// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "types/evaluation.hpp"

namespace kvloupe {

/// Whether windows of the one are windows of the other.
[[nodiscard]] bool sameMeasurement(const Evaluation& a, const Evaluation& b);

}  // namespace kvloupe
