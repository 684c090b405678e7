// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace kvloupe {

/// A passage of at least `kOverlapBytes` that two texts share.
struct TextOverlap {
  std::size_t firstOffset = 0;   // bytes
  std::size_t secondOffset = 0;  // bytes
  std::size_t length = 0;        // bytes
};

/// From this length on a shared passage means that a fit has seen what it is judged by.
inline constexpr std::size_t kOverlapBytes = 200;

/// The first shared passage found, or none. Linear in both lengths: aligned blocks of the first
/// text are looked up by a rolling hash over the second (Karp and Rabin, 1987) and then compared.
[[nodiscard]] std::optional<TextOverlap> findOverlap(std::string_view first,
                                                     std::string_view second);

}  // namespace kvloupe
