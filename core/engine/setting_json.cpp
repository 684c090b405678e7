// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/setting_json.hpp"

namespace kvloupe {

Json intervalJson(const std::optional<Interval>& interval) {
  return interval ? Json::array({interval->low, interval->high}) : Json(nullptr);
}

Json textJson(const TextInfo& text) {
  return {{"name", text.name},
          {"path", text.path},
          {"sha256", text.sha256},
          {"tokens", text.tokens},
          {"bytes", text.bytes}};
}

Json settingJson(const EvaluationSetting& setting) {
  return {{"protocol", setting.protocol},
          {"context", setting.context},
          {"stride", setting.stride},
          {"seed", setting.seed},
          {"until", orNull(setting.until)},
          {"text", textJson(setting.text)},
          {"calibration", setting.calibration ? textJson(*setting.calibration) : Json(nullptr)},
          {"calibration_tokens", setting.calibrationTokens},
          {"forced", setting.forced}};
}

Json provenanceJson(const ModelInfo& model, const std::string& command) {
  Json weights = Json::array();
  for (const WeightFile& file : model.weightFiles)
    weights.push_back({{"name", file.name}, {"sha256", file.sha256}});
  return {{"program_version", KVLOUPE_VERSION},
          {"command", command},
          {"folder", model.folder},
          {"weights", weights},
          {"device", model.device},
          {"dtype", model.computeDtype}};
}

}  // namespace kvloupe
