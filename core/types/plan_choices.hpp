// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "types/plan.hpp"

namespace kvloupe {

/// Whether there is a scale to choose: of a token, channel or tensor. The other formats have their
/// own, or none.
[[nodiscard]] constexpr bool isScaled(Format format) {
  return (format >= Format::Int2 && format <= Format::Uint8) || format == Format::Fp8;
}

/// Why something cannot be asked for: what is wrong, what was found and what may stand there.
struct Refusal {
  std::string message;
  std::string found;
  std::string expected;

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// A value that a setting may take, or why not with all else as it stands.
template <class Value>
struct Choice {
  Value value;
  std::optional<Refusal> refusal = {};

  friend bool operator==(const Choice&, const Choice&) = default;
};

/// Every value of every setting of one target, in the order of their names.
struct Choices {
  std::vector<Choice<Tap>> taps;  // those that the target has, the default first
  std::vector<Choice<Basis>> bases;
  std::vector<Choice<Format>> formats;
  std::vector<Choice<Scale>> scales;
  std::vector<Choice<Rotation>> rotations;

  friend bool operator==(const Choices&, const Choices&) = default;
};

}  // namespace kvloupe
