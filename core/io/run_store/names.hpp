// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/run_store/group_reader.hpp"
#include "types/sweep.hpp"

namespace kvloupe::hdf5 {

/// What an enum is called, and what a file calls each of its values, in their order.
template <std::size_t N>
struct Names {
  std::string_view noun;
  std::array<std::string_view, N> values;
};

template <typename Enum>
inline constexpr Names<0> kNames{};
template <>
inline constexpr Names kNames<Tap>{"tap", kTapNames};
template <>
inline constexpr Names kNames<Target>{"target", kTargetNames};
template <>
inline constexpr Names kNames<Basis>{"basis", kBasisNames};
template <>
inline constexpr Names kNames<Scope>{"scope", kScopeNames};
template <>
inline constexpr Names kNames<Rotation>{"rotation", kRotationNames};
template <>
inline constexpr Names kNames<Format>{"format", kFormatNames};
template <>
inline constexpr Names kNames<Scale>{"scale", kScaleNames};
template <>
inline constexpr Names kNames<SafeRatio::State>{
    "state", std::to_array<std::string_view>({"found", "fails", "undecided"})};
template <>
inline constexpr Names kNames<Ruling>{
    "ruling", std::to_array<std::string_view>({"holds", "reversed", "does not hold", "undecided"})};

template <typename Enum>
std::string nameOf(Enum value) {
  return std::string(kNames<Enum>.values[static_cast<std::size_t>(value)]);
}

template <typename Enum>
std::vector<std::string> namesOf(const std::vector<Enum>& values) {
  std::vector<std::string> names;
  for (const Enum value : values) names.push_back(nameOf(value));
  return names;
}

/// The value that `name`, found in the member `where` of the group, stands for; refuses others.
template <typename Enum>
Enum named(const GroupReader& group, const std::string& where, const std::string& name) {
  const auto& [noun, values] = kNames<Enum>;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] == name) return static_cast<Enum>(i);
  group.refuse(where, fmt::format("unknown {}", noun), fmt::format("{}", fmt::join(values, ", ")),
               name);
}

template <typename Enum>
std::vector<Enum> allNamed(const GroupReader& group, const std::string& where,
                           const std::vector<std::string>& names) {
  std::vector<Enum> values;
  for (const std::string& name : names) values.push_back(named<Enum>(group, where, name));
  return values;
}

template <typename Enum>
std::optional<Enum> maybeNamed(const GroupReader& group, const std::string& attribute) {
  const std::optional<std::string> name = group.maybeText(attribute);
  return name ? std::optional(named<Enum>(group, attribute, *name)) : std::nullopt;
}

}  // namespace kvloupe::hdf5
