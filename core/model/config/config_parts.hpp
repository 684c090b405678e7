// SPDX-License-Identifier: GPL-3.0-or-later
// The parts that model_config.cpp reads a config.json in.
#pragma once

#include "model/config/config_fields.hpp"
#include "model/config/family_facts.hpp"
#include "model/config/model_config.hpp"

namespace kvloupe {

/// Rotary positions of either form of config.json. `rotaryDim` is the size that is rotated at most.
[[nodiscard]] RopeConfig readRope(const ConfigFields& fields, const FamilyFacts& facts,
                                  int maxPositions, int rotaryDim);

/// The positions of sliding layers where they differ from those of the others (gemma3).
[[nodiscard]] std::optional<RopeConfig> readSlidingRope(const ConfigFields& fields,
                                                        const FamilyFacts& facts, int maxPositions,
                                                        int rotaryDim);

/// The latent attention of DeepSeek-V2 and its kin.
[[nodiscard]] MlaConfig readMla(const ConfigFields& fields, const FamilyFacts& facts,
                                const ModelConfig& config);

/// Fills config.moe and config.moeLayers where the family and the file have experts.
void readExperts(const ConfigFields& fields, ModelConfig& config);

/// Fills config.scoreScale, soft caps, the other scales and parallelResidual.
void readScales(const ConfigFields& fields, ModelConfig& config);

/// Fills config.slidingWindow and config.slidingLayers where a layer has a window.
void readWindows(const ConfigFields& fields, ModelConfig& config);

}  // namespace kvloupe
