// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/engine.hpp"

#include <fmt/format.h>
#include <sys/sysinfo.h>

#include <utility>

#include "common/error.hpp"
#include "engine/files_engine.hpp"
#include "engine/merge_parts.hpp"
#include "engine/model_files.hpp"
#include "engine/session.hpp"
#include "model/backend.hpp"
#include "model/causal_lm.hpp"

namespace kvloupe {
namespace {

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

class LocalEngine final : public FilesEngine {
 public:
  std::unique_ptr<Session> open(const OpenRequest& request, std::stop_token stop,
                                const ProgressFn& progress) override {
    ModelFiles files = openModelFiles(request);
    checkMemory(files.info, files.config.file);
    files.info.computeDtype = "float32";
    files.info.device = fmt::format("CPU, {} threads", backend::useAllCores());
    auto model = CausalLm::load(files.config, *files.weights, std::move(stop), progress);
    return std::make_unique<ModelSession>(std::move(files.info), std::move(model),
                                          std::move(files.tokenizer), std::move(files.where.demo));
  }

  Run merge(const std::vector<std::string>& parts) override {
    PartMerge merge;
    for (const std::string& part : parts) merge.add(load(part), part);
    return merge.whole();
  }
};

}  // namespace

std::unique_ptr<Engine> createEngine() { return std::make_unique<LocalEngine>(); }

}  // namespace kvloupe
