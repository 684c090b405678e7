// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lessons/reading.hpp"

namespace kvloupe {

/// One figure of a record.
[[nodiscard]] Figure figureOf(const Reading& reading, const LessonRecord& record);

}  // namespace kvloupe
