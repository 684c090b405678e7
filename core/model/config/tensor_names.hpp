// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "io/weight_source.hpp"
#include "model/config/model_config.hpp"

namespace kvloupe {

/// A tensor's name in one checkpoint. What was saved of the model without its head lacks the prefix
/// of its other modules (the first GPT-2: "h.0.ln_1.weight" for "transformer.h.0.ln_1.weight"); a
/// model with a vision tower has another one.
class TensorNames {
 public:
  TensorNames(const ModelConfig& config, const WeightSource& source);

  /// As this checkpoint has it, of the name that expectedTensors() gives.
  [[nodiscard]] std::string stored(std::string_view name) const;

  /// The layer that a stored name belongs to.
  [[nodiscard]] std::optional<int> layerOf(std::string_view storedName) const;

 private:
  std::string_view base_;    // of expected names
  std::string storedBase_;   // what stands in its place
  std::string layerPrefix_;  // stored: "model.layers."
};

}  // namespace kvloupe
