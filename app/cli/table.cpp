// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kvloupe::cli {
namespace {

/// Characters of UTF-8, which is what a terminal's column holds for all that is printed here.
std::size_t columns(const std::string& text) {
  return std::size_t(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

void Table::row(std::vector<std::string> cells) {
  if (widths_.size() < cells.size()) widths_.resize(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i)
    widths_[i] = std::max(widths_[i], columns(cells[i]));
  rows_.push_back(std::move(cells));
}

void Table::print() const {
  for (const auto& cells : rows_) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string padding(widths_[i] - columns(cells[i]), ' ');
      line += i == 0 ? cells[i] + padding : "   " + padding + cells[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  }
}

}  // namespace kvloupe::cli
