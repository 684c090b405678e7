// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "io/run_store/hdf5_handle.hpp"

namespace kvloupe::hdf5 {

/// An open dataset or attribute with what its header says.
struct Item {
  Place place;
  bool isAttribute = false;
  Handle object;
  Handle type;
  Kind kind = Kind::U8;
  std::size_t elementBytes = 0;
  std::vector<hsize_t> dims;

  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] std::size_t bytes() const { return byteCount(dims, elementBytes, place); }
  /// Reads all of it into `out`, which holds bytes().
  void read(void* out) const;
};

[[nodiscard]] bool hasAttribute(hid_t object, const std::string& name);
[[nodiscard]] bool hasLink(hid_t group, const std::string& name);

/// Open what is called `name` in `object`; `place` is the object's. Throw NotFound where it is not
/// there and Mismatch where its type is another one or its rank is not `rank`.
Item openAttribute(hid_t object, const Place& place, const std::string& name, Kind kind,
                   std::size_t rank);
Item openDataset(hid_t group, const Place& place, const std::string& name, Kind kind,
                 std::size_t rank);

}  // namespace kvloupe::hdf5
