// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/config/tensor_names.hpp"

#include <charconv>

#include "model/config/family_traits.hpp"

namespace kvloupe {

TensorNames::TensorNames(const ModelConfig& config, const WeightSource& source) {
  const FamilyTraits& traits = familyTraits(config.family);
  base_ = traits.base;
  storedBase_ = base_;
  for (const std::string_view candidate :
       {traits.base, std::string_view(), std::string_view("language_model.model."),
        std::string_view("model.language_model.")}) {
    const std::string embedding = std::string(candidate).append(traits.embedding) + ".weight";
    if (source.find(embedding) == nullptr) continue;
    storedBase_ = candidate;
    break;
  }
  layerPrefix_ = std::string(storedBase_).append(traits.layers) + '.';
}

std::string TensorNames::stored(std::string_view name) const {
  if (!name.starts_with(base_)) return std::string(name);
  return std::string(storedBase_).append(name.substr(base_.size()));
}

std::optional<int> TensorNames::layerOf(std::string_view storedName) const {
  if (!storedName.starts_with(layerPrefix_)) return std::nullopt;
  storedName.remove_prefix(layerPrefix_.size());
  const char* const last = storedName.data() + storedName.size();
  int layer = 0;
  const auto [end, failure] = std::from_chars(storedName.data(), last, layer);
  const bool number = failure == std::errc() && end != last && *end == '.';
  return number ? std::optional(layer) : std::nullopt;
}

}  // namespace kvloupe
