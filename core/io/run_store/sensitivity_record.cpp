// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "io/run_store/fields.hpp"
#include "io/run_store/records.hpp"

namespace kvloupe::hdf5 {
namespace {

constexpr std::tuple kCellFields{
    Field{"layer", "1", &SensitivityCell::layer},
    Field{"column", "1", &SensitivityCell::column},
    Field{"delta_nll", "nats", &SensitivityCell::deltaNll},
    Field{"delta_nll", "nats", &SensitivityCell::deltaNllInterval},
    Field{"delta_ppl_percent", "percent", &SensitivityCell::deltaPplPercent},
    Field{"delta_ppl", "percent", &SensitivityCell::interval},
    Field{"kl_mean", "nats", &SensitivityCell::klMean},
    Field{"top1_agreement", "1", &SensitivityCell::top1Agreement},
    Field{"bits_saved", "bits", &SensitivityCell::bitsSaved}};

constexpr std::tuple kCumulativeFields{
    Field{"column", "1", &CumulativePoint::column}, Field{"layer", "1", &CumulativePoint::layer},
    Field{"estimate_percent", "percent", &CumulativePoint::estimatePercent},
    Field{"delta_ppl_percent", "percent", &CumulativePoint::deltaPplPercent},
    Field{"delta_ppl", "percent", &CumulativePoint::interval}};

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
  writeEntries(group.group("cells"), "cell", sensitivity.cells, kCellFields);
  writeEntries(group.group("cumulative"), "point", sensitivity.cumulative, kCumulativeFields);
  writeWindows(group.group("measured"), sensitivity.measured);
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
  sensitivity.cells = readEntries<SensitivityCell>(group.group("cells"), kCellFields);
  sensitivity.cumulative =
      readEntries<CumulativePoint>(group.group("cumulative"), kCumulativeFields);
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
  if (group.has("measured"))  // older files have none
    sensitivity.measured = readWindows(group.group("measured"), sensitivity.cells.size());
  for (const CumulativePoint& point : sensitivity.cumulative)
    if (point.column < 0 || static_cast<std::size_t>(point.column) >= columns)
      group.refuse("cumulative", "no such column", fmt::format("under {}", columns),
                   fmt::format("{}", point.column));
  return sensitivity;
}

}  // namespace kvloupe::hdf5
