// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "io/run_store/cells.hpp"
#include "io/run_store/names.hpp"

namespace kvloupe::hdf5 {

/// A field of structs that stand in a grid, and the dataset that holds it: said once, for writing
/// and for reading. A vector is a further axis, named `axis`. A struct of numbers is a dataset for
/// each of them (kParts), all absent where an optional one is.
template <typename S, typename T>
struct Field {
  const char* name;
  const char* units;
  T S::*member;
  const char* axis = nullptr;
};
template <typename S, typename T>
Field(const char*, const char*, T S::*) -> Field<S, T>;
template <typename S, typename T>
Field(const char*, const char*, T S::*, const char*) -> Field<S, T>;

template <typename S>
struct Part {
  const char* suffix;  // after the name of the field
  double S::*member;
  const char* units = nullptr;  // where they are not the field's
};

template <typename S>
inline constexpr std::array<Part<S>, 0> kParts{};
template <>
inline constexpr std::array kParts<Interval> = {Part<Interval>{"_low", &Interval::low},
                                                Part<Interval>{"_high", &Interval::high}};
template <>
inline constexpr std::array kParts<OverLayers> = {Part<OverLayers>{"_mean", &OverLayers::mean},
                                                  Part<OverLayers>{"_median", &OverLayers::median},
                                                  Part<OverLayers>{"_max", &OverLayers::max}};
template <>
inline constexpr std::array kParts<NoiseFloor> = {
    Part<NoiseFloor>{"_tokens", &NoiseFloor::tokens, "tokens"},
    Part<NoiseFloor>{"_median", &NoiseFloor::median},
    Part<NoiseFloor>{"_p97_5", &NoiseFloor::p97_5}};

/// The structs of a vector as a grid of one axis.
template <typename Entries>
auto cellsOf(Entries& entries, const std::string& axis) {
  using Entry = std::remove_reference_t<decltype((entries.front()))>;
  Cells<Entry> grid{{entries.size()}, {axis}, {}};
  for (auto& entry : entries) grid.cells.push_back(&entry);
  return grid;
}

namespace detail {

template <typename T>
inline constexpr bool kIsVector = false;
template <typename T>
inline constexpr bool kIsVector<std::vector<T>> = true;

template <typename T>
inline constexpr bool kIsText = std::is_same_v<T, std::string> || std::is_enum_v<T>;

template <typename T>
using Stored = std::conditional_t<std::is_same_v<T, bool>, std::uint8_t,
                                  std::conditional_t<std::is_integral_v<T>, std::int64_t, double>>;

template <typename T>
const T* pointerTo(const T& value) {
  return &value;
}
template <typename T>
const T* pointerTo(const std::optional<T>& value) {
  return value ? &*value : nullptr;
}

template <typename T>
void setPart(T& value, const Part<T>& part, double x) {
  value.*part.member = x;
}
// Absent as a whole where its first number is.
template <typename T>
void setPart(std::optional<T>& value, const Part<T>& part, double x) {
  if (part.member == kParts<T>.front().member && !isAbsent(x)) value.emplace();
  if (value) (*value).*part.member = x;
}

template <typename T>
struct Whole {
  using Type = T;
};
template <typename T>
struct Whole<std::optional<T>> {
  using Type = T;
};

template <typename Cell, typename S, typename T>
void writeField(const GroupWriter& group, const std::string& prefix, const Cells<Cell>& grid,
                const Field<S, T>& field) {
  const std::string name = prefix + field.name;
  if constexpr (std::is_arithmetic_v<T>) {
    writeScalars<Stored<T>>(group, name, field.units, grid,
                            [&](const S& s) { return s.*field.member; });
  } else if constexpr (std::is_same_v<T, std::optional<double>>) {
    writeScalars<double>(group, name, field.units, grid,
                         [&](const S& s) { return (s.*field.member).value_or(absent()); });
  } else if constexpr (kIsVector<T>) {
    writeVectors(group, name, {field.units, {field.axis}}, grid, field.member);
  } else if constexpr (kIsText<T>) {
    std::vector<std::string> texts;
    for (const S* cell : grid.cells) {
      if constexpr (std::is_enum_v<T>)
        texts.push_back(nameOf(cell->*field.member));
      else
        texts.push_back(cell->*field.member);
    }
    group.texts(name, texts, grid.axes.front());
  } else {
    for (const auto& part : kParts<typename Whole<T>::Type>)
      writeScalars<double>(group, name + part.suffix, part.units ? part.units : field.units, grid,
                           [&](const S& s) {
                             const auto* whole = pointerTo(s.*field.member);
                             return whole ? whole->*part.member : absent();
                           });
  }
}

template <typename Cell, typename S, typename T>
void readField(const GroupReader& group, const std::string& prefix, const Cells<Cell>& grid,
               const Field<S, T>& field) {
  const std::string name = prefix + field.name;
  if constexpr (std::is_arithmetic_v<T>) {
    readScalars<Stored<T>>(group, name, grid, [&](S& s, Stored<T> x) {
      if constexpr (std::is_same_v<T, int>)
        s.*field.member = group.toInt(name, x);
      else if constexpr (std::is_same_v<T, bool>)
        s.*field.member = x != 0;
      else
        s.*field.member = x;
    });
  } else if constexpr (std::is_same_v<T, std::optional<double>>) {
    readScalars<double>(group, name, grid,
                        [&](S& s, double x) { s.*field.member = optionalOf(x); });
  } else if constexpr (kIsVector<T>) {
    readVectors(group, name, grid, field.member);
  } else if constexpr (kIsText<T>) {
    const std::vector<std::string> texts = group.texts(name);
    if (texts.size() != grid.cells.size())
      group.refuse(name, "arrays of one group differ in length",
                   fmt::format("{}", grid.cells.size()), fmt::format("{}", texts.size()));
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if constexpr (std::is_enum_v<T>)
        grid.cells[i]->*field.member = named<T>(group, name, texts[i]);
      else
        grid.cells[i]->*field.member = texts[i];
    }
  } else {
    for (const auto& part : kParts<typename Whole<T>::Type>)
      readScalars<double>(group, name + part.suffix, grid,
                          [&](S& s, double x) { setPart(s.*field.member, part, x); });
  }
}

template <typename S, typename T>
std::size_t lengthOf(const GroupReader& group, const Field<S, T>& field) {
  if constexpr (kIsText<T>)
    return group.texts(field.name).size();
  else
    return group.array<Stored<T>>(field.name, {kAny}).values.size();
}

}  // namespace detail

template <typename Cell, typename... Fields>
void writeFields(const GroupWriter& group, const std::string& prefix, const Cells<Cell>& grid,
                 const std::tuple<Fields...>& fields) {
  std::apply([&](const auto&... field) { (detail::writeField(group, prefix, grid, field), ...); },
             fields);
}

template <typename Cell, typename... Fields>
void readFields(const GroupReader& group, const std::string& prefix, const Cells<Cell>& grid,
                const std::tuple<Fields...>& fields) {
  std::apply([&](const auto&... field) { (detail::readField(group, prefix, grid, field), ...); },
             fields);
}

/// The structs of a vector, a dataset a field, all along `axis`.
template <typename S, typename... Fields>
void writeEntries(const GroupWriter& group, const std::string& axis, const std::vector<S>& entries,
                  const std::tuple<Fields...>& fields) {
  writeFields(group, "", cellsOf(entries, axis), fields);
}

/// As many as the first field, a scalar or a text, has.
template <typename S, typename... Fields>
std::vector<S> readEntries(const GroupReader& group, const std::tuple<Fields...>& fields) {
  std::vector<S> entries(detail::lengthOf(group, std::get<0>(fields)));
  readFields(group, "", cellsOf(entries, ""), fields);
  return entries;
}

}  // namespace kvloupe::hdf5
