// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stop_token>

#include "model/block.hpp"
#include "model/config/model_config.hpp"
#include "model/weight_reader.hpp"

namespace kvloupe {

/// The layers of a model: in memory all together, or read from their file one at a time.
class LayerStore {
 public:
  virtual ~LayerStore() = default;
  /// Of a model that is streamed valid until another layer is asked for. Throws Cancelled; Error
  /// where the file cannot be read.
  [[nodiscard]] virtual const Block& layer(int index, const std::stop_token& stop) = 0;
  [[nodiscard]] virtual bool streams() const = 0;
};

/// Reads all layers.
[[nodiscard]] std::unique_ptr<LayerStore> residentLayers(const ModelConfig& config,
                                                         WeightReader& reader);

/// Keeps one layer in memory, in buffers that the next one takes over. Of a mixture's experts only
/// those are read that tokens go to.
[[nodiscard]] std::unique_ptr<LayerStore> streamedLayers(const ModelConfig& config,
                                                         std::shared_ptr<const WeightSource> source,
                                                         ComputeType type);

}  // namespace kvloupe
