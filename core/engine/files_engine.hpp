// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.hpp"

namespace kvloupe {

/// What an engine does with files alone: nothing here needs libtorch.
class FilesEngine : public Engine {
 public:
  ModelInfo describe(const std::string& model) override;
  std::vector<std::int32_t> tokenize(const std::string& model, const std::string& textPath,
                                     bool specialTokens) override;
  void checkSavePath(const std::string& path) override;
  void save(const Run& run, const std::string& path) override;
  Run load(const std::string& path) override;
  void checkPlanPath(const std::string& path) override;
  void exportPlan(const FittedPlan& plan, const ModelInfo& model, const std::string& command,
                  const std::string& path) override;
  std::vector<std::string> readPlan(const std::string& path) override;
};

}  // namespace kvloupe
