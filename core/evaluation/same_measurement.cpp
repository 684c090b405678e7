// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/same_measurement.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <vector>

namespace kvloupe {
namespace {

bool sameText(const std::optional<TextInfo>& a, const std::optional<TextInfo>& b) {
  return a.has_value() == b.has_value() && (!a || a->sha256 == b->sha256);
}

}  // namespace

bool sameSetting(const EvaluationSetting& a, const EvaluationSetting& b) {
  return a.protocol == b.protocol && a.context == b.context && a.stride == b.stride &&
         a.text.sha256 == b.text.sha256 && sameText(a.calibration, b.calibration) &&
         a.calibrationTokens == b.calibrationTokens;
}

bool sameMeasurement(const Evaluation& a, const Evaluation& b) {
  return sameSetting(a, b) && a.specText == b.specText;
}

std::string questionOf(const LayerCosts& costs) {
  std::vector<std::string> ways;  // as of the first layer; all are alike
  for (const std::string& spec : costs.specs)
    if (spec.ends_with("@0")) ways.push_back(spec.substr(0, spec.size() - 2));
  return fmt::format("{}, fitted on {} tokens, context {}, windows of the text {:.12}",
                     fmt::join(ways, " "), costs.setting.calibrationTokens, costs.setting.context,
                     costs.setting.text.sha256);
}

bool sameQuestion(const LayerCosts& a, const LayerCosts& b) {
  return questionOf(a) == questionOf(b);
}

}  // namespace kvloupe
