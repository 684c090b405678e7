// SPDX-License-Identifier: GPL-3.0-or-later
// A config.json: read or refused; what is read has sizes that can be computed with, and weights
// that are not there are missed at once, however many it declares.
#include <cstdint>
#include <string_view>
#include <vector>

#include "fuzz/refusal.hpp"
#include "model/config/expected_tensors.hpp"
#include "model/config/model_config.hpp"

namespace {

using namespace kvloupe;

class OneTensor final : public WeightSource {
 public:
  [[nodiscard]] std::span<const TensorEntry> tensors() const override { return entries_; }
  [[nodiscard]] std::span<const File> files() const override { return files_; }
  void readBytes(const TensorEntry&, std::int64_t, std::span<std::byte>) const override {}

 private:
  std::vector<TensorEntry> entries_{{.name = "model.layers.0.a", .shape = {}}};
  std::vector<File> files_{{.name = "w", .bytes = 4, .path = "w"}};
};

void readAll(std::string_view json) {
  const ModelConfig config = parseConfig(json, "f");
  fuzz::check(config.numLayers > 0 && config.hiddenSize > 0 && config.vocabSize > 0 &&
                  config.headDim > 0 && config.numKvHeads > 0 && config.intermediateSize > 0 &&
                  config.maxPositions > 0,
              "sizes are above 0");
  fuzz::check(config.numHeads % config.numKvHeads == 0, "heads divide into groups");
  fuzz::check(!config.mla || config.mla->vHeadDim > 0, "values have dimensions");
  fuzz::check(config.normEps > 0 && config.rope.theta > 0, "eps and theta are above 0");
  fuzz::check(parameterCount(config) > 0 && kvBytesPerToken(config) > 0, "counts do not overflow");
  fuzz::mayRefuse([&] {
    requireRunnable(config);
    fuzz::check(rotaryDim(config) % 2 == 0, "positions rotate pairs");
  });
  bool refused = false;
  fuzz::mayRefuse([&] {
    try {
      checkWeights(config, OneTensor());
    } catch (const Error&) {
      refused = true;
      throw;
    }
  });
  fuzz::check(refused, "weights that are missing are refused");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::mayRefuse([&] { readAll({reinterpret_cast<const char*>(data), size}); });
  return 0;
}
