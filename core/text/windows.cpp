// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/windows.hpp"

#include <fmt/format.h>

#include <numeric>
#include <random>
#include <utility>

#include "common/error.hpp"

namespace kvloupe {

std::vector<Window> papersWindows(std::int64_t tokens, std::int64_t context) {
  if (tokens < 2) {
    throw Error(ErrorCode::Unsupported, {.message = "the text is too short to be scored",
                                         .file = {},
                                         .place = {},
                                         .expected = "at least 2 tokens",
                                         .found = fmt::format("{}", tokens),
                                         .advice = {}});
  }
  if (context < 2) {
    throw Error(ErrorCode::InvalidArgument, {.message = "the context is too short",
                                             .file = {},
                                             .place = "context",
                                             .expected = "at least 2 tokens",
                                             .found = fmt::format("{}", context),
                                             .advice = {}});
  }
  if (tokens < context) return {{0, tokens}};
  std::vector<Window> windows;
  windows.reserve(static_cast<std::size_t>(tokens / context));
  for (std::int64_t begin = 0; begin + context <= tokens; begin += context) {
    windows.push_back({begin, context});
  }
  return windows;
}

std::vector<std::size_t> seededOrder(std::size_t count, std::uint64_t seed) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937_64 random(seed);
  for (std::size_t left = count; left > 1; --left) {
    // Values from the last, incomplete multiple of `left` would favour small remainders.
    const std::uint64_t excess = (UINT64_MAX % left + 1) % left;
    std::uint64_t value = random();
    while (value > UINT64_MAX - excess) value = random();
    std::swap(order[left - 1], order[value % left]);
  }
  return order;
}

}  // namespace kvloupe
