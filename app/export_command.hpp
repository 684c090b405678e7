// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace kvloupe {

class JobRunner;
struct Options;

/// kvloupe --export PAGE: opens a run on the worker, draws the page's figure (or, as .csv, writes
/// its values) and returns the program's exit status, with one line on stderr where it fails.
[[nodiscard]] int exportPage(JobRunner& runner, const Options& options);

/// kvloupe --export report: the same of a report of one run, or of two beside each other.
[[nodiscard]] int exportReport(JobRunner& runner, const Options& options);

}  // namespace kvloupe
