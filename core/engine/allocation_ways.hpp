// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.hpp"
#include "types/model_info.hpp"

namespace kvloupe {

/// A way to store one target in one layer.
struct Way {
  int rank = 0, dim = 0;
  std::string format;  // empty: 16 bits
  std::string keys;    // SPEC without target and layers
};

/// A layer's target, and the ways to choose from.
struct AllocationItem {
  int layer = 0;
  Target target = Target::V;
  std::vector<Way> ways;
};

/// Every layer's targets with their ways: ranks in eighths of the dimension, and the formats of
/// the request. Layer by layer; all layers alike. Throws Error InvalidArgument where the model has
/// no such target, or it frees no cache.
[[nodiscard]] std::vector<AllocationItem> allocationItems(const ModelInfo& model,
                                                          const AllocationRequest& request);

/// "k:rank=56@0": a way of an item as a SPEC.
[[nodiscard]] std::string specOf(const AllocationItem& item, const Way& way);

using ChosenWays = std::map<std::pair<int, Target>, Way>;  // by layer and target

/// SPECs of a plan that stores what is chosen so and leaves the rest.
[[nodiscard]] std::vector<CompressionSpec> specsOf(const ChosenWays& chosen);

/// The plan that treats all layers alike: each target that `chosen` compresses in one of its ways,
/// so that the cache ratio over windows of `windowLength` tokens is the nearest one to `cacheRatio`
/// that is no smaller. Of those within 1 % of the nearest it is the one whose `costs` (an entry an
/// item and way: dNLL alone) add up to least. Empty where nothing is chosen.
[[nodiscard]] ChosenWays uniformWays(const ModelInfo& model, std::span<const AllocationItem> items,
                                     std::span<const std::vector<double>> costs,
                                     const ChosenWays& chosen, int windowLength, double cacheRatio);

}  // namespace kvloupe
