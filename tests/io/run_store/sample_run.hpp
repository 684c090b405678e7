// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

#include "types/run.hpp"

namespace kvloupe::test {

/// A run in which every field has a value of its own: Unicode, NaN and infinities, absent figures,
/// layers of different widths, layers still missing, a second model. `tokens` is the length of the
/// per-token figures.
Run sampleRun(unsigned seed = 1, std::size_t tokens = 300);

}  // namespace kvloupe::test
