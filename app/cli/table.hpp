// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace kvloupe::cli {

inline constexpr const char* kDash = "–";

/// Rows of cells, the first column left-aligned, the others right-aligned.
class Table {
 public:
  void row(std::vector<std::string> cells);
  void print() const;

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> widths_;
};

}  // namespace kvloupe::cli
