// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/tolerant_layers.hpp"

#include <algorithm>

#include "common/error.hpp"
#include "compression/plan/spec.hpp"
#include "evaluation/restricted_specs.hpp"
#include "workspace/sensitivity_override.hpp"

namespace kvloupe {
namespace {

constexpr double kBudgets[] = {1, 3, 5};  // percent

}  // namespace

std::vector<TolerantLayers> tolerantLayers(const Sensitivity& figures) {
  std::vector<TolerantLayers> all;
  for (int column = 0; column < static_cast<int>(figures.columns.size()); ++column)
    for (const double budget : kBudgets) {
      TolerantLayers most{.column = column, .budgetPercent = budget, .layers = {}};
      std::vector<int> layers;
      for (const CumulativePoint& point : figures.cumulative) {
        if (point.column != column) continue;
        layers.push_back(point.layer);
        if ((point.interval ? point.interval->high : point.deltaPplPercent) > budget) continue;
        most.layers = layers;
        most.deltaPplPercent = point.deltaPplPercent;
      }
      if (most.layers.empty()) continue;
      std::sort(most.layers.begin(), most.layers.end());
      const bool known =
          !all.empty() && all.back().column == column && all.back().layers == most.layers;
      if (!known) all.push_back(std::move(most));
    }
  return all;
}

std::vector<CompressionSpec> specsOf(const TolerantLayers& chosen, const Sensitivity& figures) {
  const std::vector<Target> targets =
      targetsOfColumn(figures.columns[static_cast<std::size_t>(chosen.column)]);
  try {
    return restrictedSpecs(parseSpecs(figures.specText), targets, chosen.layers);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace kvloupe
