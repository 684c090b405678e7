// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jobs/job.hpp"

namespace kvloupe {

/// A failure in the language of the window.
struct ErrorWords {
  QString headline;  // the core's sentence where it is known in this language, else its kind
  QString exact;     // then the core's own sentence; else empty
  QString advice;    // what to do: the core's, where it is exact, and that of the kind
};
[[nodiscard]] ErrorWords errorWords(const JobError& error);

/// The same as one line, with all parts that the core names.
[[nodiscard]] QString errorLine(const JobError& error);

}  // namespace kvloupe
