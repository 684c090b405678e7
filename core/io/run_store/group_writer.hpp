// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/run_store/hdf5_handle.hpp"
#include "types/interval.hpp"

namespace kvloupe::hdf5 {

/// Unit and axis names of a dataset, outermost axis first.
struct Axes {
  std::string units;
  std::vector<std::string> names;
};

/// Puts values into a group, or compares a group with them: a file is verified by the same walk
/// over the run that wrote it.
class GroupWriter {
 public:
  enum class Mode { Write, Verify };

  GroupWriter(Handle group, Place place, Mode mode);

  /// A child group, made when writing.
  [[nodiscard]] GroupWriter group(const std::string& name) const;

  // Scalar attributes; of an optional only where there is a value.
  void integer(const std::string& name, std::int64_t value) const;
  void unsignedInteger(const std::string& name, std::uint64_t value) const;
  void real(const std::string& name, double value) const;
  void real(const std::string& name, const std::optional<double>& value) const;
  void flag(const std::string& name, bool value) const;
  /// Two numbers: low, high.
  void interval(const std::string& name, const std::optional<Interval>& value) const;
  /// A scalar attribute, or a scalar dataset where it is too long for an attribute.
  void text(const std::string& name, std::string_view value) const;
  /// A scalar dataset, for what may be long.
  void longText(const std::string& name, std::string_view value) const;
  /// An array attribute; none where there is no value.
  void textList(const std::string& name, const std::vector<std::string>& values) const;
  void integerPairs(const std::string& name, const std::vector<std::pair<int, int>>& pairs) const;

  // Datasets.
  void texts(const std::string& name, const std::vector<std::string>& values,
             const std::string& axis) const;
  template <typename T>
  void array(const std::string& name, std::span<const T> values, const std::vector<hsize_t>& dims,
             const Axes& axes) const {
    dataset(name, {kKindOf<T>, sizeof(T), dims, values.data()}, axes);
  }

 private:
  struct Values {
    Kind kind = Kind::U8;
    std::size_t elementBytes = 1;
    std::vector<hsize_t> dims;
    const void* data = nullptr;
  };

  void attribute(const std::string& name, const Values& values) const;
  void attributeOf(hid_t object, const Place& place, const std::string& name,
                   const Values& values) const;
  void dataset(const std::string& name, const Values& values, const Axes& axes) const;
  void textListOf(hid_t object, const Place& place, const std::string& name,
                  const std::vector<std::string>& values) const;

  Handle group_;
  Place place_;
  Mode mode_;
};

}  // namespace kvloupe::hdf5
