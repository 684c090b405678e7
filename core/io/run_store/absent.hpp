// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>
#include <optional>

namespace kvloupe::hdf5 {

/// What stands in an array where there is no figure: a NaN for every reader, and the one bit
/// pattern that tells it from a NaN that was measured (the payload that R uses for NA).
inline constexpr std::uint64_t kAbsentBits = 0x7ff80000000007a2;

[[nodiscard]] constexpr double absent() { return std::bit_cast<double>(kAbsentBits); }

[[nodiscard]] constexpr bool isAbsent(double value) {
  return std::bit_cast<std::uint64_t>(value) == kAbsentBits;
}

[[nodiscard]] constexpr std::optional<double> optionalOf(double value) {
  return isAbsent(value) ? std::nullopt : std::optional(value);
}

}  // namespace kvloupe::hdf5
