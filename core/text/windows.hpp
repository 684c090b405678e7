// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kvloupe {

/// A run of tokens that goes through the model at once, at positions 0..length-1.
struct Window {
  std::int64_t begin = 0;   // index of its first token in the text
  std::int64_t length = 0;  // tokens

  bool operator==(const Window&) const = default;
};

/// The windows of the `papers` protocol: of `context` tokens each, not overlapping, in text order,
/// the tail dropped. A text shorter than one window is one shorter window.
///
/// Throws Error Unsupported for fewer than 2 tokens (nothing could be scored), InvalidArgument for
/// a context under 2.
std::vector<Window> papersWindows(std::int64_t tokens, std::int64_t context);

/// A permutation of 0..count-1: Fisher-Yates over std::mt19937_64 with rejection sampling of our
/// own, so that a seed gives the same order with every standard library. Windows are evaluated in
/// this order, so that a running figure estimates the whole text.
std::vector<std::size_t> seededOrder(std::size_t count, std::uint64_t seed);

}  // namespace kvloupe
