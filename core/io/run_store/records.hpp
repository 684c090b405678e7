// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "io/run_store/group_reader.hpp"
#include "io/run_store/group_writer.hpp"
#include "types/run.hpp"

namespace kvloupe::hdf5 {

// What each struct of core/types looks like in a file: resources/manual/file-format.md.

void writeModel(const GroupWriter& group, const ModelInfo& model);
ModelInfo readModel(const GroupReader& group);

void writeText(const GroupWriter& group, const TextInfo& text);
TextInfo readText(const GroupReader& group);

void writeAnalysis(const GroupWriter& group, const Analysis& analysis);
/// Refuses layers that a model of `numLayers` layers does not have.
Analysis readAnalysis(const GroupReader& group, int numLayers);

/// The sums of a sharded analysis, or of one that was asked to keep them.
void writeMoments(const GroupWriter& group, const Analysis& analysis);
void readMoments(const GroupReader& group, Analysis& analysis);

void writeSetting(const GroupWriter& group, const EvaluationSetting& setting);
EvaluationSetting readSetting(const GroupReader& group);

void writeEvaluation(const GroupWriter& group, const Evaluation& evaluation);
Evaluation readEvaluation(const GroupReader& group);

void writeSensitivity(const GroupWriter& group, const Sensitivity& sensitivity);
Sensitivity readSensitivity(const GroupReader& group);

void writeLayerCosts(const GroupWriter& group, const LayerCosts& costs);
LayerCosts readLayerCosts(const GroupReader& group);

/// The sums of windows over compressions, [window, compression].
void writeWindows(const GroupWriter& group, const std::vector<WindowDamage>& windows);
/// Refuses windows that do not hold `compressions` entries each.
std::vector<WindowDamage> readWindows(const GroupReader& group, std::size_t compressions);

/// `plans` are elsewhere: points name them by index.
void writeSweep(const GroupWriter& group, const Sweep& sweep);
Sweep readSweep(const GroupReader& group);

void writePassage(const GroupWriter& group, const Passage& passage);
/// Refuses tokens, layers and heads that `model` does not have.
Passage readPassage(const GroupReader& group, const ModelInfo& model);

}  // namespace kvloupe::hdf5
