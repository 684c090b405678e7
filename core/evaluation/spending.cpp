// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation/spending.hpp"

#include <algorithm>
#include <numeric>

namespace kvloupe {
namespace {

double costOf(const Option& option) { return std::max(0.0, option.deltaNll); }

/// The hull of one item from (0, 0) on, slopes ascending.
std::vector<Spending> hullOf(const std::vector<Option>& options, std::size_t item) {
  std::vector<std::size_t> order(options.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return options[a].bitsSaved < options[b].bitsSaved;
  });
  struct Point {
    double bits = 0, cost = 0;
  };
  std::vector<Point> points = {{}};
  std::vector<Spending> steps;
  for (const std::size_t i : order) {
    const Point next{options[i].bitsSaved, costOf(options[i])};
    if (next.bits <= 0) continue;
    const auto slopeTo = [&] {
      return (next.cost - points.back().cost) / (next.bits - points.back().bits);
    };
    // A step that turns out dearer than this one is skipped over; so is one that saves no more.
    while (!steps.empty() && (next.bits <= points.back().bits || slopeTo() <= steps.back().slope)) {
      if (next.bits <= points.back().bits && next.cost > points.back().cost) break;
      steps.pop_back();
      points.pop_back();
    }
    if (next.bits <= points.back().bits) continue;
    steps.push_back({item, i, std::max(0.0, slopeTo())});
    points.push_back(next);
  }
  return steps;
}

}  // namespace

std::vector<Spending> spendingOrder(std::span<const std::vector<Option>> items) {
  std::vector<Spending> order;
  for (std::size_t item = 0; item < items.size(); ++item) {
    const std::vector<Spending> hull = hullOf(items[item], item);
    order.insert(order.end(), hull.begin(), hull.end());
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const Spending& a, const Spending& b) { return a.slope < b.slope; });
  return order;
}

}  // namespace kvloupe
