// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model_files.hpp"

#include <fmt/format.h>

#include "common/error.hpp"
#include "engine/model_facts.hpp"
#include "io/model_folder.hpp"
#include "model/config/expected_tensors.hpp"

namespace kvloupe {
namespace {

namespace fs = std::filesystem;

void checkChoices(const OpenRequest& request) {
  if (request.device != "auto" && request.device != "cpu")
    throw Error(request.device.starts_with("cuda") ? ErrorCode::Device : ErrorCode::InvalidArgument,
                {.message = "this build computes on the CPU",
                 .file = {},
                 .place = "--device",
                 .expected = "auto or cpu",
                 .found = fmt::format("\"{}\"", request.device),
                 .advice = {}});
  if (request.dtype != "auto" && request.dtype != "float32" && request.dtype != "bfloat16")
    throw Error(ErrorCode::InvalidArgument, {.message = "there is no computing in this type",
                                             .file = {},
                                             .place = "--dtype",
                                             .expected = "auto, float32 or bfloat16",
                                             .found = fmt::format("\"{}\"", request.dtype),
                                             .advice = {}});
  if (request.memory != "auto" && request.memory != "resident" && request.memory != "stream")
    throw Error(ErrorCode::InvalidArgument, {.message = "there is no such way to hold the weights",
                                             .file = {},
                                             .place = "--memory",
                                             .expected = "auto, resident or stream",
                                             .found = fmt::format("\"{}\"", request.memory),
                                             .advice = {}});
}

void warnOfUnused(const ModelConfig& config, const WeightSource& weights, ModelInfo& info) {
  const std::vector<std::string> unused = checkWeights(config, weights);
  if (unused.empty()) return;
  info.warnings.push_back(
      fmt::format("{} of {} tensors in the weights are not used, the first is {}", unused.size(),
                  weights.tensorCount(), unused.front()));
}

/// Runs `read`; what is not in the folder at all, or not supported, is a warning.
template <class Read>
void orWarn(ModelInfo& info, Read&& read) {
  try {
    read();
  } catch (const Error& error) {
    const bool absent = error.code() == ErrorCode::NotFound && error.detail().file == info.folder;
    if (!absent && error.code() != ErrorCode::Unsupported) throw;
    info.warnings.emplace_back(error.what());
  }
}

}  // namespace

fs::path ModelLocation::folder() const {
  return fs::is_regular_file(path) ? path.parent_path() : path;
}

ModelLocation locateModel(const std::string& model) {
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

ModelFiles openModelFiles(const OpenRequest& request) {
  checkChoices(request);
  ModelFiles files;
  files.where = locateModel(request.model);
  files.config = readConfig(files.where.path);
  requireRunnable(files.config);
  const fs::path folder = files.where.folder();
  files.info = modelFacts(files.config, files.where.name, folder);
  files.weights = openWeights(folder);
  warnOfUnused(files.config, *files.weights, files.info);
  files.tokenizer = openTokenizer(folder);
  files.info.tokenizer = files.tokenizer->description();
  for (const WeightSource::File& file : files.weights->files())
    files.info.weightFiles.push_back({file.name, file.bytes, {}});
  return files;
}

ModelInfo describeModel(const std::string& model) {
  const ModelLocation where = locateModel(model);
  const ModelConfig config = readConfig(where.path);
  ModelInfo info = modelFacts(config, where.name, where.folder());
  if (where.path != where.folder()) return info;

  orWarn(info, [&] {
    const auto weights = openWeights(where.path);
    if (!config.quantization) warnOfUnused(config, *weights, info);
  });
  orWarn(info, [&] { info.tokenizer = openTokenizer(where.path)->description(); });
  return info;
}

}  // namespace kvloupe
