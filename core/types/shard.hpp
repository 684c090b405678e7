// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace kvloupe {

/// A part of a text: window w belongs to it where w mod count = index mod count, so that shards
/// may be numbered from 0 or from 1.
struct Shard {
  int index = 0;
  int count = 1;

  [[nodiscard]] bool whole() const { return count == 1; }
  [[nodiscard]] bool has(std::int64_t window) const { return window % count == index % count; }
  /// How many of `windows` belong to it.
  [[nodiscard]] std::int64_t windowsOf(std::int64_t windows) const {
    const std::int64_t first = index % count;
    return windows <= first ? 0 : (windows - first - 1) / count + 1;
  }
};

}  // namespace kvloupe
