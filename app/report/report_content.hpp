// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "report/report.hpp"
#include "report/report_source.hpp"

namespace kvloupe {

/// The report of what is known: facts, the chosen figures with their tables, verdicts, files with
/// their hashes, and the command lines that make the figures again. `source` must outlive it.
[[nodiscard]] Report reportOf(const ReportSource& source, const ReportChoice& choice);

/// "How far the KV cache of demo:gqa can be compressed", what a report is called unless told.
[[nodiscard]] QString defaultReportTitle(const ReportSource& source);

}  // namespace kvloupe
