// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctime>

namespace kvloupe::test {

/// Milliseconds of processor time since it was made: what a refusal costs, whatever else runs on
/// the machine.
class ProcessorTimer {
 public:
  [[nodiscard]] double elapsed() const {
    return 1000.0 * static_cast<double>(std::clock() - begin_) / CLOCKS_PER_SEC;
  }

 private:
  std::clock_t begin_ = std::clock();
};

}  // namespace kvloupe::test
