// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/workspace.hpp"

namespace kvloupe {

class MainWindow;
struct Options;

/// `settings` with the texts and the context that the command line gives.
[[nodiscard]] MeasurementSettings settingsFrom(const Options& options,
                                               MeasurementSettings settings = {});

/// Opens what the command line names, as A and B. The page, texts and context that it gives count
/// more than those that a saved run brings back.
void openNamed(const Options& options, MainWindow& window, Workspace& workspace);

}  // namespace kvloupe
