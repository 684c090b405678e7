// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/engine.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/sysinfo.h>

#include <ctime>
#include <filesystem>
#include <utility>

#include "common/error.hpp"
#include "engine/demo_models.hpp"
#include "engine/merge_parts.hpp"
#include "engine/model_facts.hpp"
#include "engine/session.hpp"
#include "io/model_folder.hpp"
#include "io/run_store/run_store.hpp"
#include "io/weight_source.hpp"
#include "model/backend.hpp"
#include "model/causal_lm.hpp"
#include "model/config/model_config.hpp"
#include "text/corpus.hpp"
#include "text/tokenizer.hpp"

namespace kvloupe {
namespace {

namespace fs = std::filesystem;

struct Location {
  fs::path path;  // the folder, or a config.json alone
  std::string name;
  std::optional<DemoModel> demo;

  [[nodiscard]] fs::path folder() const {
    return fs::is_regular_file(path) ? path.parent_path() : path;
  }
};

Location locate(const std::string& model) {
  if (auto demo = findDemo(model)) return {demo->folder, model, demo};
  std::error_code error;
  const fs::path path = fs::canonical(model, error);
  if (error)
    throw Error(ErrorCode::NotFound, {.message = "there is no such model",
                                      .file = model,
                                      .place = {},
                                      .expected = "a Hugging Face folder, or demo:gqa, demo:mla",
                                      .found = error.message(),
                                      .advice = {}});
  if (!fs::is_directory(path)) return {path, fs::path(model).filename().string(), std::nullopt};
  const fs::path folder = hubSnapshot(path);
  return {folder, modelName(folder), std::nullopt};
}

void checkDevice(const OpenRequest& request) {
  if (request.device != "auto" && request.device != "cpu")
    throw Error(request.device.starts_with("cuda") ? ErrorCode::Device : ErrorCode::InvalidArgument,
                {.message = "this build computes on the CPU",
                 .file = {},
                 .place = "--device",
                 .expected = "auto or cpu",
                 .found = fmt::format("\"{}\"", request.device),
                 .advice = {}});
  if (request.dtype != "auto" && request.dtype != "float32")
    throw Error(ErrorCode::InvalidArgument, {.message = "this build computes in float32",
                                             .file = {},
                                             .place = "--dtype",
                                             .expected = "auto or float32",
                                             .found = fmt::format("\"{}\"", request.dtype),
                                             .advice = {}});
}

/// All weights are held as float32: better refused than killed half-way.
void checkMemory(const ModelInfo& info, const std::string& file) {
  struct sysinfo memory {};
  if (sysinfo(&memory) != 0) return;
  const double needed = 4.0 * double(info.parameterCount);
  const double there = double(memory.totalram) * memory.mem_unit;
  if (needed < 0.9 * there) return;
  throw Error(ErrorCode::OutOfMemory,
              {.message = "the model is larger than this computer's memory",
               .file = file,
               .place = fmt::format("{} parameters in float32", info.parameterCount),
               .expected = fmt::format("at most {:.1f} GB", 0.9 * there / 1e9),
               .found = fmt::format("{:.1f} GB", needed / 1e9),
               .advice = {}});
}

class LocalEngine final : public Engine {
 public:
  std::unique_ptr<Session> open(const OpenRequest& request, std::stop_token stop,
                                const ProgressFn& progress) override {
    checkDevice(request);
    Location where = locate(request.model);
    const ModelConfig config = readConfig(where.path);
    requireRunnable(config);
    ModelInfo info = modelFacts(config, where.name, where.folder());
    auto tokenizer = openTokenizer(where.folder());
    auto weights = openWeights(where.folder());
    checkMemory(info, config.file);
    info.computeDtype = "float32";
    info.device = fmt::format("CPU, {} threads", backend::useAllCores());
    info.tokenizer = tokenizer->description();
    for (const WeightSource::File& file : weights->files())
      info.weightFiles.push_back({file.name, file.bytes, {}});
    auto model = CausalLm::load(config, *weights, stop, progress);
    return std::make_unique<ModelSession>(std::move(info), std::move(model), std::move(tokenizer),
                                          std::move(where.demo));
  }

  ModelInfo describe(const std::string& model) override {
    const Location where = locate(model);
    return modelFacts(readConfig(where.path), where.name, where.folder());
  }

  std::vector<std::int32_t> tokenize(const std::string& model, const std::string& textPath,
                                     bool specialTokens) override {
    const auto tokenizer = openTokenizer(locate(model).folder());
    const Text text = readText(textPath);
    return specialTokens ? encodeText(*tokenizer, text)
                         : tokenizer->encode(text.utf8, SpecialTokens::Omit);
  }

  void checkSavePath(const std::string& path) override { kvloupe::checkSavePath(path); }

  void save(const Run& run, const std::string& path) override {
    Run stamped = run;
    stamped.programVersion = KVLOUPE_VERSION;
    stamped.created = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
    saveRun(stamped, path);
  }

  Run load(const std::string& path) override { return loadRun(path); }

  Run merge(const std::vector<std::string>& parts) override {
    PartMerge merge;
    for (const std::string& part : parts) merge.add(loadRun(part), part);
    return merge.whole();
  }
};

}  // namespace

std::unique_ptr<Engine> createEngine() { return std::make_unique<LocalEngine>(); }

}  // namespace kvloupe
