// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run_store/group_writer.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "io/run_store/item.hpp"

namespace kvloupe::hdf5 {
namespace {

constexpr std::size_t kLongText = 32768;     // HDF5 keeps attributes of up to 64 KiB
constexpr std::size_t kDeflateFrom = 16384;  // bytes of a dataset
constexpr std::size_t kChunkBytes = 1 << 20;

// Strings side by side, each padded with zeros to the longest; HDF5 has no strings of length 0.
struct PackedTexts {
  std::size_t width = 1;
  std::string bytes;

  explicit PackedTexts(const std::vector<std::string>& values) {
    for (const std::string& v : values) width = std::max(width, v.size());
    bytes.resize(width * values.size(), '\0');
    for (std::size_t i = 0; i < values.size(); ++i) values[i].copy(&bytes[i * width], width);
  }
};

// Whole inner axes, and as many of the outer ones as fit into a chunk.
std::vector<hsize_t> chunkOf(std::vector<hsize_t> dims, std::size_t elementBytes) {
  std::size_t bytes = elementBytes;
  for (auto dim = dims.rbegin(); dim != dims.rend(); ++dim) {
    *dim = std::clamp<hsize_t>(kChunkBytes / bytes, 1, *dim);
    bytes *= static_cast<std::size_t>(*dim);
  }
  return dims;
}

void compare(const Item& item, const std::vector<hsize_t>& dims, std::size_t elementBytes,
             const void* data) {
  bool same = item.dims == dims && item.elementBytes == elementBytes;
  if (same) {
    std::vector<std::byte> stored(item.bytes());
    item.read(stored.data());
    same = stored.empty() || std::memcmp(stored.data(), data, stored.size()) == 0;
  }
  if (!same)
    throw Error(ErrorCode::Io, {.message = "what was written does not read back",
                                .file = item.place.file,
                                .place = item.place.path,
                                .expected = "the values of the run",
                                .found = "other values",
                                .advice = {}});
}

}  // namespace

GroupWriter::GroupWriter(Handle group, Place place, Mode mode)
    : group_(std::move(group)), place_(std::move(place)), mode_(mode) {}

GroupWriter GroupWriter::group(const std::string& name) const {
  const Place place = place_.child(name);
  const hid_t id = mode_ == Mode::Write ? H5Gcreate2(group_.get(), name.c_str(), H5P_DEFAULT,
                                                     H5P_DEFAULT, H5P_DEFAULT)
                                        : H5Gopen2(group_.get(), name.c_str(), H5P_DEFAULT);
  return {checked(id, H5Gclose, place, "the group cannot be made"), place, mode_};
}

void GroupWriter::attributeOf(hid_t object, const Place& place, const std::string& name,
                              const Values& values) const {
  if (mode_ == Mode::Verify) {
    compare(openAttribute(object, place, name, values.kind, values.dims.size()), values.dims,
            values.elementBytes, values.data);
    return;
  }
  const std::string message = "the attribute cannot be written";
  const Place where{place.file, place.path + "@" + name};
  const Handle type = storedType(values.kind, values.elementBytes, where);
  const Handle space = checked(
      values.dims.empty()
          ? H5Screate(H5S_SCALAR)
          : H5Screate_simple(static_cast<int>(values.dims.size()), values.dims.data(), nullptr),
      H5Sclose, where, message);
  const Handle made =
      checked(H5Acreate2(object, name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
              H5Aclose, where, message);
  checked(H5Awrite(made.get(), type.get(), values.data), where, message);
}

void GroupWriter::attribute(const std::string& name, const Values& values) const {
  attributeOf(group_.get(), place_, name, values);
}

void GroupWriter::dataset(const std::string& name, const Values& values, const Axes& axes) const {
  const Place where = place_.child(name);
  const std::size_t bytes = byteCount(values.dims, values.elementBytes, where);
  Handle made;
  if (mode_ == Mode::Verify) {
    Item item = openDataset(group_.get(), place_, name, values.kind, values.dims.size());
    compare(item, values.dims, values.elementBytes, values.data);
    made = std::move(item.object);
  } else {
    const std::string message = "the dataset cannot be written";
    const Handle type = storedType(values.kind, values.elementBytes, where);
    const Handle space = checked(
        values.dims.empty()
            ? H5Screate(H5S_SCALAR)
            : H5Screate_simple(static_cast<int>(values.dims.size()), values.dims.data(), nullptr),
        H5Sclose, where, message);
    const Handle options = checked(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, where, message);
    checked(H5Pset_obj_track_times(options.get(), false), where, message);
    if (bytes >= kDeflateFrom && !values.dims.empty()) {
      const auto chunk = chunkOf(values.dims, values.elementBytes);
      checked(H5Pset_chunk(options.get(), static_cast<int>(chunk.size()), chunk.data()), where,
              message);
      checked(H5Pset_shuffle(options.get()), where, message);
      checked(H5Pset_deflate(options.get(), 1), where, message);
    }
    made = checked(H5Dcreate2(group_.get(), name.c_str(), type.get(), space.get(), H5P_DEFAULT,
                              options.get(), H5P_DEFAULT),
                   H5Dclose, where, message);
    if (bytes > 0)
      checked(H5Dwrite(made.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data), where,
              message);
  }
  textListOf(made.get(), where, "axes", axes.names);
  attributeOf(made.get(), where, "units", {Kind::Text, axes.units.size(), {}, axes.units.data()});
}

void GroupWriter::integer(const std::string& name, std::int64_t value) const {
  attribute(name, {Kind::I64, sizeof value, {}, &value});
}

void GroupWriter::unsignedInteger(const std::string& name, std::uint64_t value) const {
  attribute(name, {Kind::U64, sizeof value, {}, &value});
}

void GroupWriter::real(const std::string& name, double value) const {
  attribute(name, {Kind::F64, sizeof value, {}, &value});
}

void GroupWriter::real(const std::string& name, const std::optional<double>& value) const {
  if (value) real(name, *value);
}

void GroupWriter::flag(const std::string& name, bool value) const {
  const std::uint8_t byte = value ? 1 : 0;
  attribute(name, {Kind::U8, 1, {}, &byte});
}

void GroupWriter::interval(const std::string& name, const std::optional<Interval>& value) const {
  if (!value) return;
  const std::array<double, 2> ends = {value->low, value->high};
  attribute(name, {Kind::F64, sizeof(double), {2}, ends.data()});
}

void GroupWriter::text(const std::string& name, std::string_view value) const {
  if (value.size() > kLongText) {
    longText(name, value);
    return;
  }
  const PackedTexts packed({std::string(value)});
  attribute(name, {Kind::Text, packed.width, {}, packed.bytes.data()});
}

void GroupWriter::longText(const std::string& name, std::string_view value) const {
  const PackedTexts packed({std::string(value)});
  dataset(name, {Kind::Text, packed.width, {}, packed.bytes.data()},
          {.units = "text", .names = {}});
}

void GroupWriter::textListOf(hid_t object, const Place& place, const std::string& name,
                             const std::vector<std::string>& values) const {
  if (values.empty()) return;
  const PackedTexts packed(values);
  attributeOf(object, place, name,
              {Kind::Text, packed.width, {values.size()}, packed.bytes.data()});
}

void GroupWriter::textList(const std::string& name, const std::vector<std::string>& values) const {
  textListOf(group_.get(), place_, name, values);
}

void GroupWriter::integerPairs(const std::string& name,
                               const std::vector<std::pair<int, int>>& pairs) const {
  if (pairs.empty()) return;
  std::vector<std::int64_t> flat;
  for (const auto& [first, second] : pairs) flat.insert(flat.end(), {first, second});
  attribute(name, {Kind::I64, sizeof(std::int64_t), {pairs.size(), 2}, flat.data()});
}

void GroupWriter::texts(const std::string& name, const std::vector<std::string>& values,
                        const std::string& axis) const {
  const PackedTexts packed(values);
  dataset(name, {Kind::Text, packed.width, {values.size()}, packed.bytes.data()},
          {.units = "text", .names = {axis}});
}

}  // namespace kvloupe::hdf5
