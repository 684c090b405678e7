// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <map>
#include <optional>

#include "jobs/job.hpp"
#include "panels/plan_draft.hpp"

namespace kvloupe {

class Workspace;

/// What was known of one model at one moment.
struct LessonRecord {
  ModelInfoPtr model;
  AnalysisPtr analysis;    // of the calibration text; null: none, or of other settings
  EvaluationPtr baseline;  // null likewise
  EvaluationPtr plan;      // of `draft`; null likewise. Nothing compressed: the baseline
  PlanDraft draft;
  Accounting accounting;  // of `draft`
};

using LessonRecords = std::map<QString, LessonRecord>;

/// The record that every lesson has: the active model as it is at this moment.
inline constexpr auto kNow = "now";

/// What the active model is known by now; partial measurements count as none.
[[nodiscard]] LessonRecord recordOf(const Workspace& workspace);

enum class Quantity : std::uint8_t {
  Name,    // of the model
  Plan,    // "V rank 24, K untouched"
  Layers,  // of the model
  Tokens,  // of the calibration text that were counted
  Scored,  // tokens of the evaluation text
  Ppl,     // of the baseline
  Dppl,    // of the plan, percent
  Cache,   // ratio of the whole cache
  Bytes,   // of the whole cache, a token
  Rank,    // of a target
  Kept,    // fraction of a target's values
  Tensor,  // ratio of a target
  Energy,  // variance that a target's rank keeps: mean over layers and heads
  Spread,  // of a tap, heads joined, over the layers
  Floor,   // of a tap: highest upper edge of the noise band over the layers
  Inside,  // layers of a tap whose spread lies within that band
  Rank95,  // of a tap, over layers and heads
};

/// Which of several values: over layers, or of an interval.
enum class Part : std::uint8_t { Value, Low, High, Interval, Min, Median, Max, Layer };

/// A figure that a lesson names: RECORD.QUANTITY[.TARGET or .TAP][.PART], "v.dppl.low",
/// "now.spread.k_rope.max".
struct Reading {
  QString record;
  Quantity quantity = Quantity::Name;
  std::optional<Target> target;
  std::optional<Tap> tap;
  Part part = Part::Value;
};

/// Throws Error (Malformed) where the words name no figure.
[[nodiscard]] Reading parseReading(const QString& words);

/// A figure as a number, in the unit that the window shows it in, and as the window writes it.
struct Figure {
  std::optional<double> number;  // absent: not measured, or no number
  QString text;                  // en dash where it is not known
};

[[nodiscard]] Figure readFigure(const Reading& reading, const LessonRecords& records);

/// LEFT OP RIGHT: a reading, <, <=, > or >=, and a reading or a number.
struct Comparison {
  Reading left;
  enum class Op : std::uint8_t { Less, LessEqual, Greater, GreaterEqual } op = Op::Less;
  std::optional<Reading> right;
  double number = 0;  // where there is no reading at the right
};

/// Throws Error (Malformed).
[[nodiscard]] Comparison parseComparison(const QString& words);

/// False where a side is not known.
[[nodiscard]] bool holds(const Comparison& comparison, const LessonRecords& records);

/// Readings in braces, in their order. Throws Error (Malformed) where one names no figure or a
/// brace is not closed.
[[nodiscard]] std::vector<Reading> readingsIn(const QString& text);

/// The text with every reading in braces replaced by its figure.
[[nodiscard]] QString filledIn(const QString& text, const LessonRecords& records);

}  // namespace kvloupe
