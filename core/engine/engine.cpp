// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/engine.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "common/available_memory.hpp"
#include "common/error.hpp"
#include "engine/files_engine.hpp"
#include "engine/merge_parts.hpp"
#include "engine/model_files.hpp"
#include "engine/session.hpp"
#include "engine/translated_session.hpp"
#include "model/backend.hpp"
#include "model/causal_lm.hpp"
#include "model/matrix_product.hpp"

namespace kvloupe {
namespace {

/// Parameters from which on it is worth saying that another type would be faster.
constexpr std::int64_t kLargeModel = 100'000'000;
constexpr double kWorthwhileSpeed = 1.2;

/// What products are computed in; says how the CPU does at it.
ComputeType chooseType(const std::string& dtype, ModelInfo& info) {
  info.computeDtype = dtype == "bfloat16" ? "bfloat16" : "float32";
  const bool mightAsWell =
      dtype == "auto" && info.storedDtype == "bfloat16" && info.parameterCount >= kLargeModel;
  if (dtype != "bfloat16" && !mightAsWell) return ComputeType::Float32;
  const double speed = bfloat16Speed();
  if (mightAsWell) {
    if (speed > kWorthwhileSpeed)
      info.computeNote = fmt::format(
          "this CPU is {:.1f} times as fast at bfloat16, which the weights are stored in: --dtype "
          "bfloat16",
          speed);
    return ComputeType::Float32;
  }
  if (speed > 1) {
    info.computeNote = fmt::format(
        "this CPU is {:.1f} times as fast at products of bfloat16 as of float32", speed);
    return ComputeType::Bfloat16;
  }
  info.computeNote = fmt::format(
      "this CPU is {} at products of bfloat16: values are rounded to it and multiplied as float32",
      speed > 0 ? fmt::format("slow ({:.2f} times the speed of float32)", speed)
                : std::string("slow"));
  return ComputeType::WidenedBfloat16;
}

/// Share of the available memory that weights may take: activations and results need some, too.
constexpr double kShareOfMemory = 0.85;

/// Whether the layers are to be read from their files in every pass.
bool shallStream(const std::string& memory, const ModelInfo& info, ComputeType type,
                 const std::string& file) {
  if (memory == "stream") return true;
  const int bytes = type == ComputeType::Bfloat16 ? 2 : 4;
  const double needed = bytes * double(info.parameterCount);
  const std::optional<std::int64_t> available = availableMemory();
  if (!available || needed < kShareOfMemory * double(*available)) return false;
  if (memory == "auto") return true;
  throw Error(
      ErrorCode::OutOfMemory,
      {.message = "the weights do not fit in this computer's memory",
       .file = file,
       .place = fmt::format("{} parameters of {} bytes", info.parameterCount, bytes),
       .expected = fmt::format("at most {:.1f} GB", kShareOfMemory * double(*available) / 1e9),
       .found = fmt::format("{:.1f} GB", needed / 1e9),
       .advice = "Read them layer by layer: --memory stream"});
}

class LocalEngine final : public FilesEngine {
 public:
  std::unique_ptr<Session> open(const OpenRequest& request, std::stop_token stop,
                                const ProgressFn& progress) override {
    return backend::translated("opening the model",
                               [&] { return openTranslated(request, std::move(stop), progress); });
  }

  Run merge(const std::vector<std::string>& parts) override {
    return backend::translated("merging the parts", [&] {
      PartMerge merge;
      for (const std::string& part : parts) merge.add(load(part), part);
      return merge.whole();
    });
  }

 private:
  static std::unique_ptr<Session> openTranslated(const OpenRequest& request, std::stop_token stop,
                                                 const ProgressFn& progress) {
    ModelFiles files = openModelFiles(request);
    const int threads = backend::useAllCores();
    const ComputeType type = chooseType(request.dtype, files.info);
    const bool streams = shallStream(request.memory, files.info, type, files.config.file);
    files.info.device = fmt::format("CPU, {} thread{}{}", threads, threads == 1 ? "" : "s",
                                    streams ? ", weights streamed" : "");
    const std::shared_ptr<const WeightSource> weights = std::move(files.weights);
    auto model = streams ? CausalLm::stream(files.config, weights, type)
                         : CausalLm::load(files.config, *weights, std::move(stop), progress, type);
    return std::make_unique<TranslatedSession>(
        std::make_unique<ModelSession>(std::move(files.info), std::move(model),
                                       std::move(files.tokenizer), std::move(files.where.demo)));
  }
};

}  // namespace

std::unique_ptr<Engine> createEngine() { return std::make_unique<LocalEngine>(); }

}  // namespace kvloupe
