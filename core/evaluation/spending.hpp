// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace kvloupe {

/// One way to store a layer's target: what it saves, and what it costs when it is alone.
struct Option {
  double bitsSaved = 0;  // a token
  double deltaNll = 0;   // nats a token
};

/// One step of spending: layer-and-target `item` goes over to its option `option`.
struct Spending {
  std::size_t item = 0;
  std::size_t option = 0;
  double slope = 0;  // nats a bit
};

/// The order in which bits are bought cheapest, if costs add up: the steps along the lower convex
/// hull of each item's options (from nothing saved at no cost) by ascending marginal dNLL per bit
/// saved (Shoham and Gersho 1988). Options off the hull are never chosen; a cost below zero, which
/// is noise, counts as zero. After any number of steps, an item's choice is its latest one.
[[nodiscard]] std::vector<Spending> spendingOrder(std::span<const std::vector<Option>> items);

}  // namespace kvloupe
