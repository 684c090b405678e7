// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <type_traits>
#include <vector>

#include "io/run_store/group_reader.hpp"
#include "io/run_store/group_writer.hpp"

namespace kvloupe::hdf5 {

/// A group with the attribute `count` and a group a thing, 0000 and on: `write(child, item)`.
template <typename T, typename Write>
void writeList(const GroupWriter& group, const std::vector<T>& items, Write write) {
  group.integer("count", static_cast<std::int64_t>(items.size()));
  for (std::size_t i = 0; i < items.size(); ++i)
    write(group.group(fmt::format("{:04}", i)), items[i]);
}

template <typename Read>
auto readList(const GroupReader& group, Read read) {
  std::vector<std::invoke_result_t<Read, const GroupReader&>> items;
  const std::int64_t count = group.count("count");
  for (std::int64_t i = 0; i < count; ++i)
    items.push_back(read(group.group(fmt::format("{:04}", i))));
  return items;
}

}  // namespace kvloupe::hdf5
