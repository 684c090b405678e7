// SPDX-License-Identifier: GPL-3.0-or-later
// A model's files, read and checked before any weight is: nothing here needs libtorch.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "engine/demo_models.hpp"
#include "engine/engine.hpp"
#include "io/weight_source.hpp"
#include "model/config/model_config.hpp"
#include "text/tokenizer.hpp"
#include "types/model_info.hpp"

namespace kvloupe {

/// Where a model is that a person named.
struct ModelLocation {
  std::filesystem::path path;  // the folder, or a config.json alone
  std::string name;            // "demo:gqa", "org/name" or the folder's own
  std::optional<DemoModel> demo;

  [[nodiscard]] std::filesystem::path folder() const;
};

/// Throws Error(NotFound) where there is no such model.
[[nodiscard]] ModelLocation locateModel(const std::string& model);

/// All of a model that can be refused without computing with it.
struct ModelFiles {
  ModelLocation where;
  ModelConfig config;
  ModelInfo info;  // with its warnings, but without device and dtype of the computation
  std::unique_ptr<Tokenizer> tokenizer;
  std::unique_ptr<WeightSource> weights;
};

/// Opens a model's folder: its config can be run, its weights are those that the config asks for,
/// its tokenizer is one that is known. Throws Error where not, or where device, dtype or memory is
/// not one of this build.
[[nodiscard]] ModelFiles openModelFiles(const OpenRequest& request);

/// Facts of a model folder or of a config.json alone. What is not there and what is of a kind that
/// is not supported is a warning among them; what is damaged is an Error.
[[nodiscard]] ModelInfo describeModel(const std::string& model);

}  // namespace kvloupe
