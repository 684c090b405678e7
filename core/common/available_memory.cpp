// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/available_memory.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>

namespace kvloupe {
namespace {

namespace fs = std::filesystem;

/// The number after `key` in a file of "key number" lines.
std::optional<std::int64_t> numberAfter(const fs::path& file, std::string_view key) {
  std::ifstream in(file);
  std::string word;
  std::int64_t number = 0;
  while (in >> word)
    if (word == key && in >> number) return number;
  return std::nullopt;
}

/// A file that holds one number; "max" is none.
std::optional<std::int64_t> numberIn(const fs::path& file) {
  std::ifstream in(file);
  std::int64_t number = 0;
  if (in >> number) return number;
  return std::nullopt;
}

std::optional<std::int64_t> least(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

/// What the process's control group and those above it leave, their page cache counted as free
/// (cgroup v2: Documentation/admin-guide/cgroup-v2.rst).
std::optional<std::int64_t> controlGroupMemory(const fs::path& root) {
  std::ifstream in(root / "proc/self/cgroup");
  std::string line;
  std::optional<std::int64_t> found;
  while (std::getline(in, line)) {
    if (!line.starts_with("0::/")) continue;
    const fs::path top = root / "sys/fs/cgroup";
    fs::path group = fs::path(line.substr(4));
    while (true) {
      const fs::path folder = top / group;
      const auto limit = numberIn(folder / "memory.max");
      const auto used = numberIn(folder / "memory.current");
      if (limit && used) {
        const std::int64_t cache =
            numberAfter(folder / "memory.stat", "inactive_file").value_or(0) +
            numberAfter(folder / "memory.stat", "active_file").value_or(0);
        found = least(found, std::max<std::int64_t>(0, *limit - *used + cache));
      }
      if (group.empty()) break;
      group = group.parent_path();
    }
  }
  return found;
}

}  // namespace

std::optional<std::int64_t> availableMemory(const fs::path& root) {
  std::optional<std::int64_t> available = numberAfter(root / "proc/meminfo", "MemAvailable:");
  if (available) *available *= 1024;
  return least(available, controlGroupMemory(root));
}

}  // namespace kvloupe
