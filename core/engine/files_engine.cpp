// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files_engine.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "engine/model_files.hpp"
#include "engine/plan_file.hpp"
#include "io/run_store/run_store.hpp"
#include "text/corpus.hpp"
#include "text/tokenizer.hpp"

namespace kvloupe {

ModelInfo FilesEngine::describe(const std::string& model) { return describeModel(model); }

std::vector<std::int32_t> FilesEngine::tokenize(const std::string& model,
                                                const std::string& textPath, bool specialTokens) {
  const auto tokenizer = openTokenizer(locateModel(model).folder());
  const Text text = readText(textPath);
  return specialTokens ? encodeText(*tokenizer, text)
                       : tokenizer->encode(text.utf8, SpecialTokens::Omit);
}

void FilesEngine::checkSavePath(const std::string& path) { kvloupe::checkSavePath(path); }

void FilesEngine::save(const Run& run, const std::string& path) {
  Run stamped = run;
  stamped.programVersion = KVLOUPE_VERSION;
  stamped.created = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  saveRun(stamped, path);
}

Run FilesEngine::load(const std::string& path) { return loadRun(path); }

void FilesEngine::checkPlanPath(const std::string& path) { kvloupe::checkPlanPath(path); }

void FilesEngine::exportPlan(const FittedPlan& plan, const ModelInfo& model,
                             const std::string& command, const std::string& path) {
  kvloupe::exportPlan(plan, model, command, path);
}

std::vector<std::string> FilesEngine::readPlan(const std::string& path) {
  return readPlanFile(path);
}

}  // namespace kvloupe
