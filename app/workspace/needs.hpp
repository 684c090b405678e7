// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <optional>
#include <vector>

#include "workspace/slot_state.hpp"

namespace kvloupe {

enum class NeedKind : std::uint8_t {
  Analysis,
  Text,
  Attention,
  Baseline,
  Plan,
  Sweep,
  Sensitivity,
  Allocation,
  Hash
};

/// Whether passages that are on screen come before what else is lacking, or not at all.
enum class Looks : bool { First, Leave };

/// A measurement that what is shown still lacks.
struct Need {
  NeedKind kind = NeedKind::Analysis;
  Slot slot = Slot::A;
  QString key;
  Job job;

  [[nodiscard]] bool same(const Need& other) const {
    return kind == other.kind && slot == other.slot && key == other.key;
  }
  /// Of a passage that is on screen.
  [[nodiscard]] bool looks() const { return kind == NeedKind::Text || kind == NeedKind::Attention; }
  /// Of many passes, of which a stop loses those that its window has had.
  [[nodiscard]] bool takesLong() const {
    return kind == NeedKind::Sensitivity || kind == NeedKind::Allocation;
  }
};

/// The texts a slot is measured on; absent where the person has to choose one first.
[[nodiscard]] std::optional<std::string> calibrationTextOf(const SlotState& state,
                                                           const MeasurementSettings& settings);
[[nodiscard]] std::optional<std::string> evaluationTextOf(const SlotState& state,
                                                          const MeasurementSettings& settings);

/// Tokens of context that a window of this model has.
[[nodiscard]] int contextOf(const SlotState& state, const MeasurementSettings& settings);

/// Tokens of a window of the evaluation, over which a plan's bits are counted: the context, or the
/// whole text where the baseline has told that it is shorter.
[[nodiscard]] std::int64_t windowTokensOf(const SlotState& state,
                                          const MeasurementSettings& settings);

/// What a result must have been measured on to be up to date.
[[nodiscard]] QString analysisKey(const SlotState& state, const MeasurementSettings& settings);
[[nodiscard]] QString baselineKey(const SlotState& state, const MeasurementSettings& settings);
[[nodiscard]] QString planKey(const SlotState& state, const MeasurementSettings& settings);

/// What a passage must have been measured on; empty while nobody looks.
[[nodiscard]] QString passageKey(const SlotState& state, const MeasurementSettings& settings,
                                 Looker looker);
/// The same, whether or not the whole text's recalled words came with the passage.
[[nodiscard]] QString passageKeyWithoutRecall(QString key);
/// What somebody who asks for just this passage asks for, with its sentence in words.
[[nodiscard]] QString keyOfPassage(const SlotState& state, const MeasurementSettings& settings,
                                   const Passage& passage);
/// The plan that a passage is looked at under.
[[nodiscard]] std::vector<CompressionSpec> passageSpecs(const SlotState& state,
                                                        const PassageWish& wish);

/// The plans of a model that were measured on what is chosen now; of a saved run, all. The points
/// of the active model's plane have this order.
[[nodiscard]] std::vector<EvaluationPtr> comparablePlans(const SlotState& state,
                                                         const MeasurementSettings& settings);

/// What plans must have been measured on to be compared with each other.
[[nodiscard]] QString measuredOnKey(const SlotState& state, const MeasurementSettings& settings);

/// What a sensitivity of `specs` must have been measured on.
[[nodiscard]] QString sensitivityKey(const SlotState& state, const MeasurementSettings& settings,
                                     const std::string& specs);

/// True where the analysis, or an evaluation, is whole and of what is asked for now.
[[nodiscard]] bool analysisCurrent(const SlotState& state, const MeasurementSettings& settings);
[[nodiscard]] bool baselineCurrent(const SlotState& state, const MeasurementSettings& settings);
[[nodiscard]] bool passageCurrent(const SlotState& state, const MeasurementSettings& settings,
                                  Looker looker);
/// True where what is seen is of another plan, text or place than what is asked for now.
[[nodiscard]] bool passageStale(const SlotState& state, const MeasurementSettings& settings,
                                Looker looker);
[[nodiscard]] bool planCurrent(const SlotState& state, const MeasurementSettings& settings);
/// True where safe ratios were searched on what is chosen now; of a saved run, always.
[[nodiscard]] bool sweepCurrent(const SlotState& state, const MeasurementSettings& settings);

/// True where the person asked for it and it still comes: neither it nor what it rests on failed.
[[nodiscard]] bool sweepAwaited(const SlotState& state, const MeasurementSettings& settings);
[[nodiscard]] bool sensitivityAwaited(const SlotState& state, const MeasurementSettings& settings);
[[nodiscard]] bool allocationAwaited(const SlotState& state, const MeasurementSettings& settings);

/// Why what is shown now could not be measured, or null.
[[nodiscard]] const JobError* failureOf(const SlotState& state,
                                        const MeasurementSettings& settings);

/// What the plan of a slot is measured with.
[[nodiscard]] EvaluationRequest planRequest(const SlotState& state,
                                            const MeasurementSettings& settings);

/// What to measure next: the active model's analysis, the passages that are on screen, baseline and
/// plan (a plan that the person asked for before the baseline, else after the other model's
/// analysis), the safe ratios, sensitivities and allocation that the person asked for, the other
/// model's, then the weights' hashes.
[[nodiscard]] std::optional<Need> nextNeed(const Slots& models, Slot active,
                                           const MeasurementSettings& settings,
                                           Looks looks = Looks::First);

}  // namespace kvloupe
