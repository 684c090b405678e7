// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run_store/item.hpp"

#include <fmt/format.h>

namespace kvloupe::hdf5 {
namespace {

void readHeader(Item& item, Kind kind, std::size_t rank) {
  const std::string message = "its header cannot be read";
  const hid_t id = item.object.get();
  item.type =
      checked(item.isAttribute ? H5Aget_type(id) : H5Dget_type(id), H5Tclose, item.place, message);
  const auto found = kindOf(item.type.get());
  if (!found || *found != kind)
    throw Error(ErrorCode::Mismatch, {.message = "wrong type of element",
                                      .file = item.place.file,
                                      .place = item.place.path,
                                      .expected = kindName(kind),
                                      .found = describeType(item.type.get()),
                                      .advice = {}});
  item.kind = kind;
  item.elementBytes = H5Tget_size(item.type.get());
  const Handle space = checked(item.isAttribute ? H5Aget_space(id) : H5Dget_space(id), H5Sclose,
                               item.place, message);
  item.dims = dimensions(space.get(), item.place);
  if (item.dims.size() != rank)
    throw Error(ErrorCode::Mismatch,
                {.message = "wrong number of dimensions",
                 .file = item.place.file,
                 .place = item.place.path,
                 .expected = fmt::format("{}", rank),
                 .found = fmt::format("{} in {}", item.dims.size(), shapeText(item.dims)),
                 .advice = {}});
}

[[noreturn]] void failAbsent(const Place& place, const char* what, Kind kind, std::size_t rank) {
  throw Error(ErrorCode::NotFound,
              {.message = fmt::format("there is no such {}", what),
               .file = place.file,
               .place = place.path,
               .expected = rank == 0 ? std::string(kindName(kind))
                                     : fmt::format("{} of rank {}", kindName(kind), rank),
               .found = "nothing",
               .advice = {}});
}

}  // namespace

std::size_t Item::count() const {
  std::size_t n = 1;
  for (const hsize_t d : dims) n *= static_cast<std::size_t>(d);
  return n;
}

void Item::read(void* out) const {
  if (bytes() == 0) return;
  const std::string message = "the values cannot be read";
  if (isAttribute)
    checked(H5Aread(object.get(), type.get(), out), place, message);
  else
    checked(H5Dread(object.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, out), place, message);
}

bool hasAttribute(hid_t object, const std::string& name) {
  return H5Aexists(object, name.c_str()) > 0;
}

bool hasLink(hid_t group, const std::string& name) {
  return H5Lexists(group, name.c_str(), H5P_DEFAULT) > 0;
}

Item openAttribute(hid_t object, const Place& place, const std::string& name, Kind kind,
                   std::size_t rank) {
  Item item;
  item.place = {place.file, place.path + "@" + name};
  item.isAttribute = true;
  if (!hasAttribute(object, name)) failAbsent(item.place, "attribute", kind, rank);
  item.object = checked(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, item.place,
                        "the attribute cannot be opened");
  readHeader(item, kind, rank);
  return item;
}

Item openDataset(hid_t group, const Place& place, const std::string& name, Kind kind,
                 std::size_t rank) {
  Item item;
  item.place = place.child(name);
  if (!hasLink(group, name)) failAbsent(item.place, "dataset", kind, rank);
  item.object = checked(H5Dopen2(group, name.c_str(), H5P_DEFAULT), H5Dclose, item.place,
                        "the dataset cannot be opened");
  readHeader(item, kind, rank);
  return item;
}

}  // namespace kvloupe::hdf5
