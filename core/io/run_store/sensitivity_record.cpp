// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "io/run_store/cells.hpp"
#include "io/run_store/records.hpp"

namespace kvloupe::hdf5 {
namespace {

template <typename Entries>
auto entryCells(Entries& entries, const std::string& axis) {
  using Entry = std::remove_reference_t<decltype((entries.front()))>;
  Cells<Entry> grid{{entries.size()}, {axis}, {}};
  for (auto& entry : entries) grid.cells.push_back(&entry);
  return grid;
}

void writeCells(const GroupWriter& group, const std::vector<SensitivityCell>& cells) {
  const auto grid = entryCells(cells, "cell");
  using Cell = const SensitivityCell;
  const auto put = [&](const std::string& name, const std::string& units, auto get) {
    writeScalars<double>(group, name, units, grid, get);
  };
  writeScalars<std::int64_t>(group, "layer", "1", grid, [](Cell& c) { return c.layer; });
  writeScalars<std::int64_t>(group, "column", "1", grid, [](Cell& c) { return c.column; });
  put("delta_nll", "nats", [](Cell& c) { return c.deltaNll; });
  put("delta_nll_low", "nats",
      [](Cell& c) { return c.deltaNllInterval ? c.deltaNllInterval->low : absent(); });
  put("delta_nll_high", "nats",
      [](Cell& c) { return c.deltaNllInterval ? c.deltaNllInterval->high : absent(); });
  put("delta_ppl_percent", "percent", [](Cell& c) { return c.deltaPplPercent; });
  put("delta_ppl_low", "percent", [](Cell& c) { return c.interval ? c.interval->low : absent(); });
  put("delta_ppl_high", "percent",
      [](Cell& c) { return c.interval ? c.interval->high : absent(); });
  put("kl_mean", "nats", [](Cell& c) { return c.klMean; });
  put("top1_agreement", "1", [](Cell& c) { return c.top1Agreement; });
  put("bits_saved", "bits", [](Cell& c) { return c.bitsSaved; });
}

std::vector<SensitivityCell> readCells(const GroupReader& group) {
  std::vector<SensitivityCell> cells(group.array<std::int64_t>("layer", {kAny}).values.size());
  const auto grid = entryCells(cells, "cell");
  using Cell = SensitivityCell;
  const auto number = [&](const std::string& name, int Cell::*member) {
    readScalars<std::int64_t>(group, name, grid,
                              [&](Cell& c, std::int64_t x) { c.*member = group.toInt(name, x); });
  };
  const auto figure = [&](const std::string& name, double Cell::*member) {
    readScalars<double>(group, name, grid, [&](Cell& c, double x) { c.*member = x; });
  };
  const auto interval = [&](const std::string& name, std::optional<Interval> Cell::*member) {
    readScalars<double>(group, name + "_low", grid, [&](Cell& c, double x) {
      if (!isAbsent(x)) c.*member = Interval{x, 0};
    });
    readScalars<double>(group, name + "_high", grid, [&](Cell& c, double x) {
      if (c.*member) (*(c.*member)).high = x;
    });
  };
  number("layer", &Cell::layer);
  number("column", &Cell::column);
  figure("delta_nll", &Cell::deltaNll);
  interval("delta_nll", &Cell::deltaNllInterval);
  figure("delta_ppl_percent", &Cell::deltaPplPercent);
  interval("delta_ppl", &Cell::interval);
  figure("kl_mean", &Cell::klMean);
  figure("top1_agreement", &Cell::top1Agreement);
  figure("bits_saved", &Cell::bitsSaved);
  return cells;
}

void writeCumulative(const GroupWriter& group, const std::vector<CumulativePoint>& points) {
  const auto grid = entryCells(points, "point");
  using Point = const CumulativePoint;
  writeScalars<std::int64_t>(group, "column", "1", grid, [](Point& p) { return p.column; });
  writeScalars<std::int64_t>(group, "layer", "1", grid, [](Point& p) { return p.layer; });
  writeScalars<double>(group, "estimate_percent", "percent", grid,
                       [](Point& p) { return p.estimatePercent; });
  writeScalars<double>(group, "delta_ppl_percent", "percent", grid,
                       [](Point& p) { return p.deltaPplPercent; });
  writeScalars<double>(group, "delta_ppl_low", "percent", grid,
                       [](Point& p) { return p.interval ? p.interval->low : absent(); });
  writeScalars<double>(group, "delta_ppl_high", "percent", grid,
                       [](Point& p) { return p.interval ? p.interval->high : absent(); });
}

std::vector<CumulativePoint> readCumulative(const GroupReader& group) {
  std::vector<CumulativePoint> points(group.array<std::int64_t>("column", {kAny}).values.size());
  const auto grid = entryCells(points, "point");
  using Point = CumulativePoint;
  readScalars<std::int64_t>(group, "column", grid,
                            [&](Point& p, std::int64_t x) { p.column = group.toInt("column", x); });
  readScalars<std::int64_t>(group, "layer", grid,
                            [&](Point& p, std::int64_t x) { p.layer = group.toInt("layer", x); });
  readScalars<double>(group, "estimate_percent", grid,
                      [](Point& p, double x) { p.estimatePercent = x; });
  readScalars<double>(group, "delta_ppl_percent", grid,
                      [](Point& p, double x) { p.deltaPplPercent = x; });
  readScalars<double>(group, "delta_ppl_low", grid, [](Point& p, double x) {
    if (!isAbsent(x)) p.interval = Interval{x, 0};
  });
  readScalars<double>(group, "delta_ppl_high", grid, [](Point& p, double x) {
    if (p.interval) p.interval->high = x;
  });
  return points;
}

}  // namespace

void writeSensitivity(const GroupWriter& group, const Sensitivity& sensitivity) {
  writeSetting(group, sensitivity.setting);
  group.text("spec", sensitivity.specText);
  group.integer("layers", sensitivity.layers);
  group.integer("tokens_scored", sensitivity.tokensScored);
  group.integer("tokens_planned", sensitivity.tokensPlanned);
  group.integer("windows", sensitivity.windows);
  group.integer("windows_planned", sensitivity.windowsPlanned);
  group.real("baseline_ppl", sensitivity.baselinePpl);
  group.texts("columns", sensitivity.columns, "column");
  writeCells(group.group("cells"), sensitivity.cells);
  writeCumulative(group.group("cumulative"), sensitivity.cumulative);
}

Sensitivity readSensitivity(const GroupReader& group) {
  Sensitivity sensitivity;
  sensitivity.setting = readSetting(group);
  sensitivity.specText = group.text("spec");
  sensitivity.layers = group.intCount("layers");
  sensitivity.tokensScored = group.count("tokens_scored");
  sensitivity.tokensPlanned = group.count("tokens_planned");
  sensitivity.windows = group.intCount("windows");
  sensitivity.windowsPlanned = group.intCount("windows_planned");
  sensitivity.baselinePpl = group.real("baseline_ppl");
  sensitivity.columns = group.texts("columns");
  sensitivity.cells = readCells(group.group("cells"));
  sensitivity.cumulative = readCumulative(group.group("cumulative"));
  // Who looks up a cell relies on their order.
  const std::size_t columns = sensitivity.columns.size();
  const auto expected = static_cast<std::size_t>(sensitivity.layers) * columns;
  bool ordered = sensitivity.cells.size() == expected;
  for (std::size_t i = 0; ordered && i < expected; ++i)
    ordered = sensitivity.cells[i].layer == static_cast<int>(i / columns) &&
              sensitivity.cells[i].column == static_cast<int>(i % columns);
  if (!ordered)
    group.refuse("cells", "cells are not layer by layer, column by column",
                 fmt::format("{} layers of {}", sensitivity.layers, columns),
                 fmt::format("{} cells", sensitivity.cells.size()));
  for (const CumulativePoint& point : sensitivity.cumulative)
    if (point.column < 0 || static_cast<std::size_t>(point.column) >= columns)
      group.refuse("cumulative", "no such column", fmt::format("under {}", columns),
                   fmt::format("{}", point.column));
  return sensitivity;
}

}  // namespace kvloupe::hdf5
