// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "lessons/reading.hpp"
#include "panels/plan_draft.hpp"

namespace kvloupe {

// What a step can wait for. Each is a thing that the person does with a control of the window, or
// an end of a measurement; all are about the active model.

struct ModelGoal {
  QString model;  // as it is opened: "demo:gqa"
};
struct PresetGoal {
  PlanPreset preset = PlanPreset::VOnly;
};
struct RankGoal {
  Target target = Target::V;
  std::optional<int> atMost, atLeast;  // one at least is given
};
struct TapGoal {
  Target target = Target::K;
  Tap tap = Tap::KRope;
};
struct PageGoal {
  QString page;  // one of pageKeys()
};
/// The control of this name (a list, or a check box: "on", "off") shows this choice.
struct ChoiceGoal {
  QString control;
  QString shows;
};
/// Calibration tokens that are asked for; the whole text counts as most.
struct TokensGoal {
  std::optional<std::int64_t> atMost, atLeast;  // one at least is given
};
/// The calibration text has streamed to its end.
struct AnalysedGoal {};
/// The plan in force has been measured to its end, on what is asked for now.
struct MeasuredGoal {};

using LessonGoal = std::variant<ModelGoal, PresetGoal, RankGoal, TapGoal, PageGoal, ChoiceGoal,
                                TokensGoal, AnalysedGoal, MeasuredGoal>;

/// A sentence that holds where every comparison does.
struct LessonAnswer {
  std::vector<Comparison> when;  // empty: where no other held
  QString say;
};

/// Where to look, by the name of a control, and what to do there.
struct LessonPointer {
  QString control;
  QString title, hint;
};

struct LessonStep {
  QString title;
  QString text;  // paragraphs, a line each; {placeholders}, **bold**, [K] [V] [L] [R] chips
  std::optional<LessonPointer> point;
  std::vector<LessonGoal> waits;  // the model of the step first
  QString record;                 // keeps what was measured under this name; empty: keeps nothing
  std::vector<LessonAnswer> answers;  // the first that holds is shown once the step is done
};

/// Guided steps on the real window. Its title asks; what it says is what was measured.
struct Lesson {
  QString key;  // the file's name without its suffix
  QString title, summary;
  std::vector<LessonStep> steps;
};

}  // namespace kvloupe
