// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/layer_store.hpp"

#include <utility>
#include <vector>

namespace kvloupe {

namespace {

class ResidentLayers final : public LayerStore {
 public:
  explicit ResidentLayers(std::vector<Block> blocks) : blocks_(std::move(blocks)) {}
  [[nodiscard]] const Block& layer(int index, const std::stop_token&) override {
    return blocks_[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] bool streams() const override { return false; }

 private:
  std::vector<Block> blocks_;
};

class StreamedLayers final : public LayerStore {
 public:
  StreamedLayers(const ModelConfig& config, std::shared_ptr<const WeightSource> source,
                 ComputeType type)
      : config_(config),
        source_(std::move(source)),
        reader_(config_, *source_, type, {}, nullptr, &buffers_) {}

  [[nodiscard]] const Block& layer(int index, const std::stop_token& stop) override {
    reader_.stopOn(stop);
    if (index == current_) return block_;
    current_ = -1;  // what a stop leaves is no layer
    block_ = {};
    buffers_.layer.reuse();
    reader_.readInto(nullptr);
    block_ = loadBlock(config_, index, reader_);
    current_ = index;
    return block_;
  }
  [[nodiscard]] bool streams() const override { return true; }

 private:
  const ModelConfig config_;
  std::shared_ptr<const WeightSource> source_;
  LayerBuffers buffers_;
  WeightReader reader_;
  Block block_;
  int current_ = -1;
};

}  // namespace

std::unique_ptr<LayerStore> residentLayers(const ModelConfig& config, WeightReader& reader) {
  std::vector<Block> blocks;
  for (int layer = 0; layer < config.numLayers; ++layer)
    blocks.push_back(loadBlock(config, layer, reader));
  return std::make_unique<ResidentLayers>(std::move(blocks));
}

std::unique_ptr<LayerStore> streamedLayers(const ModelConfig& config,
                                           std::shared_ptr<const WeightSource> source,
                                           ComputeType type) {
  return std::make_unique<StreamedLayers>(config, std::move(source), type);
}

}  // namespace kvloupe
