// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/same_measurement.hpp"

#include <optional>

namespace kvloupe {
namespace {

bool sameText(const std::optional<TextInfo>& a, const std::optional<TextInfo>& b) {
  return a.has_value() == b.has_value() && (!a || a->sha256 == b->sha256);
}

}  // namespace

bool sameMeasurement(const Evaluation& a, const Evaluation& b) {
  return a.protocol == b.protocol && a.context == b.context && a.stride == b.stride &&
         a.text.sha256 == b.text.sha256 && sameText(a.calibration, b.calibration) &&
         a.calibrationTokens == b.calibrationTokens && a.specText == b.specText;
}

}  // namespace kvloupe
