// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "jobs/job.hpp"
#include "panels/plan_draft.hpp"

namespace kvloupe {

/// What everything is measured on; the same for both models.
struct MeasurementSettings {
  QString calibrationPath;                 // empty: the demo's own
  std::int64_t calibrationTokens = 16384;  // 0: the whole text
  QString evaluationPath;                  // empty: the demo's own
  QString protocol = "papers";
  int context = 0;  // 0: min(2048, the model's), with llama.cpp 512

  friend bool operator==(const MeasurementSettings&, const MeasurementSettings&) = default;
};

/// A result and what it was measured on. It is stale once `key` is no longer the one asked for.
template <class Pointer>
struct Keyed {
  Pointer value;
  QString key;
};

enum class Phase : std::uint8_t {
  Empty,
  Open,   // the model can be asked
  Saved,  // shown from a run file; the model is not open
};

/// A model that did not open, in the place where it would have stood.
struct OpenFailure {
  QString path;
  JobError error;
};

/// Safe ratios that the person asked for: which curves, and whether to judge them.
struct SweepWish {
  std::vector<std::string> curves;  // of SweepCurve::name; empty: all that the model has
  bool verdict = false;

  friend bool operator==(const SweepWish&, const SweepWish&) = default;
};

/// Where a saved run comes from.
struct RunOrigin {
  QString path;
  std::string programVersion;
  std::string command;  // line that makes it again, or empty
};

/// An allocation over layers that the person asked for.
struct AllocationWish {
  double budgetPercent = 1;               // upper bound of dPPL
  std::vector<Target> targets = {};       // empty: K and V, or the latent and the rotary key
  std::vector<std::string> formats = {};  // to choose from beside ranks
  std::string keys = {};                  // of every low rank: "basis=query"

  friend bool operator==(const AllocationWish&, const AllocationWish&) = default;
};

/// A plan that the person keeps under a name.
struct NamedPlan {
  QString name;
  std::vector<CompressionSpec> specs;

  friend bool operator==(const NamedPlan&, const NamedPlan&) = default;
};

/// Who looks at a passage closely.
enum class Looker : std::uint8_t { Text, Attention };

/// A passage that is on screen, or is to be.
struct PassageWish {
  int window = 0;
  QString sentence;                          // empty: the window, or for attention the text's first
  std::optional<HeadChoice> attention = {};  // of Looker::Attention
  std::vector<int> onlyLayers = {};  // the plan in these alone, ascending; empty: the whole plan
};

/// What a looker sees, and what it was measured on.
struct Look {
  std::optional<PassageWish> wish;  // absent while nobody looks
  Keyed<PassagePtr> seen;
};

/// Whether earlier figures are known to be of the weights that are open.
enum class Proof : std::uint8_t {
  Awaited,  // their hash or the perplexity will tell
  Given,
  None,  // neither can tell, unless texts or settings change
};

/// What was measured of a model when it was open before, or by the run that it was saved in, until
/// it is known to be of this one and of what is asked for.
struct EarlierResults {
  ModelInfoPtr model;  // as it was then
  Proof proof = Proof::Awaited;
  AnalysisPtr analysis;
  EvaluationPtr baseline;
  std::vector<EvaluationPtr> plans;  // oldest first
  SweepPtr sweep;
  SensitivityPtr sensitivity;
  LayerCostsPtr layerCosts;
  std::vector<Keyed<PassagePtr>> passages;

  /// More than what every start measures by itself.
  [[nodiscard]] bool any() const {
    return !plans.empty() || sweep || sensitivity || layerCosts || !passages.empty();
  }
};

/// Everything known of one model.
struct SlotState {
  Phase phase = Phase::Empty;
  QString opening;  // path of the model on its way here, else empty
  std::optional<OpenFailure> failure;
  QString path;  // as it was opened: demo:gqa or a folder
  ModelInfoPtr model;
  std::optional<RunOrigin> origin;  // of a saved run
  Keyed<AnalysisPtr> analysis;      // partial while it streams
  Keyed<EvaluationPtr> baseline;    // partial while it runs
  PlanDraft draft;
  bool draftMoved = false;                  // since the model was opened: its answer is waited for
  Keyed<EvaluationPtr> current;             // of the draft, or of the one before, then stale
  std::vector<Keyed<EvaluationPtr>> plans;  // measured to the end, oldest first
  Keyed<SweepPtr> sweep;                    // of every curve searched so far; partial while one is
  std::optional<SweepWish> sweepWish;       // until it is measured
  Keyed<SensitivityPtr> sensitivity;        // partial while it is measured
  std::vector<CompressionSpec> sensitivityWish;  // until it is measured
  Keyed<AllocationPtr> allocation;
  LayerCostsPtr layerCosts;  // of the latest, as far as it came: the next goes on from there
  std::optional<AllocationWish> allocationWish;  // until it is measured
  std::vector<NamedPlan> kept;                   // by the person, in the order they were kept
  std::array<Look, 2> looks;                     // by Looker
  std::vector<Keyed<PassagePtr>> passages;       // in the order they were last looked at
  EarlierResults earlier;
  /// What could not be measured, by the key it was asked for with; not tried again by itself.
  std::map<QString, JobError> measurementFailures;
  int measuredAt =
      0;  // revision of the document with the last result; 0: nothing was measured here
};

using Slots = std::array<SlotState, 2>;

[[nodiscard]] inline std::size_t indexOf(Slot slot) { return static_cast<std::size_t>(slot); }
[[nodiscard]] inline std::size_t indexOf(Looker looker) { return static_cast<std::size_t>(looker); }

}  // namespace kvloupe
