// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "model/config/model_config.hpp"
#include "types/model_info.hpp"

namespace kvloupe {

/// What a config.json tells of a model; what only the weights and the tokenizer know stays empty.
[[nodiscard]] ModelInfo modelFacts(const ModelConfig& config, std::string name,
                                   const std::filesystem::path& folder);

}  // namespace kvloupe
