// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace kvloupe {

class JobRunner;

/// `kvloupe --export layers -o fig.svg run.h5`: reads the run on the worker thread and writes the
/// figure. Runs its own event loop; returns the program's exit status, with one line on stderr
/// where it failed.
int exportLayers(JobRunner& runner, const QString& runPath, const QString& figurePath);

}  // namespace kvloupe
