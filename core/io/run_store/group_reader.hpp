// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/run_store/item.hpp"
#include "types/interval.hpp"

namespace kvloupe::hdf5 {

/// Stands for "any size" where a shape is asked for.
inline constexpr hsize_t kAny = std::numeric_limits<hsize_t>::max();

template <typename T>
struct Array {
  std::vector<hsize_t> dims;
  std::vector<T> values;  // the last axis runs fastest
};

/// Takes values out of a group; every function throws Error where the file holds something else.
class GroupReader {
 public:
  GroupReader(Handle group, Place place);

  [[nodiscard]] GroupReader group(const std::string& name) const;
  [[nodiscard]] bool has(const std::string& name) const;  // a group or dataset
  [[nodiscard]] const Place& place() const { return place_; }

  // Scalar attributes.
  [[nodiscard]] std::int64_t integer(const std::string& name) const;
  [[nodiscard]] std::int64_t count(const std::string& name) const;  // not negative
  [[nodiscard]] int intCount(const std::string& name) const;        // and fits an int
  [[nodiscard]] std::uint64_t unsignedInteger(const std::string& name) const;
  [[nodiscard]] double real(const std::string& name) const;
  [[nodiscard]] std::optional<double> maybeReal(const std::string& name) const;
  [[nodiscard]] std::optional<int> maybeInt(const std::string& name) const;
  [[nodiscard]] bool flag(const std::string& name) const;
  [[nodiscard]] std::optional<bool> maybeFlag(const std::string& name) const;
  [[nodiscard]] std::optional<Interval> maybeInterval(const std::string& name) const;
  [[nodiscard]] std::string text(const std::string& name) const;  // an attribute or a dataset
  [[nodiscard]] std::optional<std::string> maybeText(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> textList(const std::string& name) const;
  [[nodiscard]] std::vector<std::pair<int, int>> integerPairs(const std::string& name) const;

  // Datasets.
  [[nodiscard]] std::vector<std::string> texts(const std::string& name) const;
  template <typename T>
  [[nodiscard]] Array<T> array(const std::string& name, const std::vector<hsize_t>& shape) const {
    const Item item = openDataset(group_.get(), place_, name, kKindOf<T>, shape.size());
    checkShape(item, shape);
    Array<T> result{item.dims, std::vector<T>(item.count())};
    item.read(result.values.data());
    return result;
  }

  /// Throws Mismatch: `name` holds `found` where `expected` should be.
  [[noreturn]] void refuse(const std::string& name, const std::string& message,
                           const std::string& expected, const std::string& found) const;
  /// The value as an int, or an Error.
  [[nodiscard]] int toInt(const std::string& name, std::int64_t value) const;

 private:
  template <typename T>
  [[nodiscard]] T scalar(const std::string& name) const {
    T value{};
    openAttribute(group_.get(), place_, name, kKindOf<T>, 0).read(&value);
    return value;
  }
  static void checkShape(const Item& item, const std::vector<hsize_t>& shape);

  Handle group_;
  Place place_;
};

}  // namespace kvloupe::hdf5
