// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "types/model_info.hpp"
#include "types/plan.hpp"

namespace kvloupe {

/// Why something cannot be asked for: what is wrong, what was found and what may stand there.
struct Refusal {
  std::string message;
  std::string found;
  std::string expected;

  /// One sentence: "the format's blocks do not fit: 24 coefficients a head (expected ...)".
  [[nodiscard]] std::string sentence() const;
};

/// What a spec says against itself, whatever the model: no way at all or two ways to say how much
/// is kept, a basis or scope without a rank, a scale that the format does not have. Absent where it
/// makes sense.
[[nodiscard]] std::optional<Refusal> contradictionIn(const CompressionSpec& spec);

/// Why this model's `target` cannot be compressed as the spec says, its contradictions first.
/// Layers are not looked at.
[[nodiscard]] std::optional<Refusal> refusalOf(const CompressionSpec& spec, Target target,
                                               const ModelInfo& model);

/// A value that a setting may take, and why not with all else as it stands; empty: it may.
template <class Value>
struct Choice {
  Value value;
  std::string refusal = {};

  friend bool operator==(const Choice&, const Choice&) = default;
};

/// Every value of every setting of one target, in the order of their names.
struct Choices {
  std::vector<Choice<Tap>> taps;  // those that the target has
  std::vector<Choice<Basis>> bases;
  std::vector<Choice<Format>> formats;
  std::vector<Choice<Scale>> scales;
  std::vector<Choice<Rotation>> rotations;

  friend bool operator==(const Choices&, const Choices&) = default;
};

/// What could stand in the spec's place, one setting changed at a time. A format is offered with
/// the scale it has by itself where the spec's does not go with it.
[[nodiscard]] Choices choicesOf(const CompressionSpec& spec, Target target, const ModelInfo& model);

}  // namespace kvloupe
