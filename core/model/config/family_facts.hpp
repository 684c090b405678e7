// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "model/config/model_config.hpp"

namespace kvloupe {

/// What transformers' config class of a family says where config.json says nothing. A new family
/// starts here, and goes on in FamilyTraits.
struct FamilyFacts {
  Family family;
  std::string_view modelType;
  bool mla = false;
  int numKvHeads = 0;  // 0: as many as heads
  int headDim = 0;     // 0: hidden size / heads
  int maxPositions = 2048;
  double normEps = 1e-6;
  std::string_view activation = "silu";
  bool tieWordEmbeddings = false;
  double theta = 10000.0;
};

[[nodiscard]] std::span<const FamilyFacts> allFamilies();
/// Nullptr where the name is not known.
[[nodiscard]] const FamilyFacts* findFamily(std::string_view modelType);

}  // namespace kvloupe
