// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "io/run_store/absent.hpp"
#include "io/run_store/group_reader.hpp"
#include "io/run_store/group_writer.hpp"

namespace kvloupe::hdf5 {

/// Structs that stand in a grid of [layer] or [layer, head], so that each of their fields becomes
/// one array over the grid. A null cell is a head that its layer does not have.
template <typename S>
struct Cells {
  std::vector<hsize_t> dims;
  std::vector<std::string> axes;
  std::vector<S*> cells;
};

template <typename T>
constexpr T padding() {
  if constexpr (std::is_same_v<T, double>)
    return absent();
  else
    return T{};
}

/// One value a cell: `get(cell)` is a T.
template <typename T, typename S, typename Get>
void writeScalars(const GroupWriter& group, const std::string& name, const std::string& units,
                  const Cells<S>& grid, Get get) {
  std::vector<T> values;
  for (const S* cell : grid.cells) values.push_back(cell ? T(get(*cell)) : padding<T>());
  group.array<T>(name, values, grid.dims, {units, grid.axes});
}

template <typename T, typename S, typename Set>
void readScalars(const GroupReader& group, const std::string& name, const Cells<S>& grid, Set set) {
  const Array<T> array = group.array<T>(name, grid.dims);
  for (std::size_t i = 0; i < grid.cells.size(); ++i)
    if (grid.cells[i]) set(*grid.cells[i], array.values[i]);
}

/// A vector a cell, `member`, along a further axis. Where lengths differ, shorter ones are padded
/// and NAME_length holds the lengths.
template <typename S, typename Base, typename T>
void writeVectors(const GroupWriter& group, const std::string& name, const Axes& axis,
                  const Cells<S>& grid, std::vector<T> Base::*member) {
  std::size_t longest = 0;
  for (const S* cell : grid.cells)
    if (cell) longest = std::max(longest, (cell->*member).size());
  std::vector<T> values;
  std::vector<std::int64_t> lengths;
  bool ragged = false;
  for (const S* cell : grid.cells) {
    const std::size_t begin = values.size();
    if (cell) values.insert(values.end(), (cell->*member).begin(), (cell->*member).end());
    const std::size_t length = values.size() - begin;
    ragged = ragged || (cell && length != longest);
    lengths.push_back(static_cast<std::int64_t>(length));
    values.resize(begin + longest, padding<T>());
  }
  auto dims = grid.dims;
  dims.push_back(longest);
  auto axes = grid.axes;
  axes.insert(axes.end(), axis.names.begin(), axis.names.end());
  group.array<T>(name, values, dims, {axis.units, axes});
  if (ragged) group.array<std::int64_t>(name + "_length", lengths, grid.dims, {"1", grid.axes});
}

template <typename S, typename Base, typename T>
void readVectors(const GroupReader& group, const std::string& name, const Cells<S>& grid,
                 std::vector<T> Base::*member) {
  auto dims = grid.dims;
  dims.push_back(kAny);
  const Array<T> array = group.array<T>(name, dims);
  const std::size_t longest = static_cast<std::size_t>(array.dims.back());
  std::vector<std::int64_t> lengths(grid.cells.size(), static_cast<std::int64_t>(longest));
  if (const std::string lengthName = name + "_length"; group.has(lengthName)) {
    lengths = group.array<std::int64_t>(lengthName, grid.dims).values;
    for (const std::int64_t n : lengths)
      if (n < 0 || static_cast<std::uint64_t>(n) > longest)
        group.refuse(lengthName, "a length exceeds its array", std::to_string(longest) + " or less",
                     std::to_string(n));
  }
  for (std::size_t i = 0; i < grid.cells.size(); ++i) {
    if (!grid.cells[i]) continue;
    const auto begin = array.values.begin() + static_cast<std::ptrdiff_t>(i * longest);
    (grid.cells[i]->*member).assign(begin, begin + lengths[i]);
  }
}

}  // namespace kvloupe::hdf5
