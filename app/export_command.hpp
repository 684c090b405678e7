// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace kvloupe {

class JobRunner;

/// kvloupe --export PAGE: opens a run on the worker, draws the page's figure (or, as .csv, writes
/// its values) and returns the program's exit status, with one line on stderr where it fails.
[[nodiscard]] int exportPage(JobRunner& runner, const QString& page, const QString& runPath,
                             const QString& figurePath);

}  // namespace kvloupe
