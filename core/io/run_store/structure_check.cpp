// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run_store/structure_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kvloupe::hdf5 {
namespace {

constexpr int kMaxDepth = 16;
constexpr std::size_t kMaxObjects = 1'000'000;
constexpr std::size_t kMaxTexts = 1 << 20;
constexpr std::uint64_t kMaxChunkBytes = 64 << 20;
constexpr std::uint64_t kMaxTotalBytes = std::uint64_t{2} << 30;
constexpr std::uint64_t kDeflateRatio = 1032;  // deflate cannot shrink data further than this
constexpr std::uint64_t kLargeBytes = 64 << 20;
constexpr std::uint64_t kLargeRatio = 64;  // only small arrays are all zeros
constexpr std::uint64_t kSlackBytes = 4096;

[[noreturn]] void refuse(const Place& place, ErrorCode code, const std::string& message,
                         const std::string& expected, const std::string& found) {
  throw Error(code, {.message = message,
                     .file = place.file,
                     .place = place.path,
                     .expected = expected,
                     .found = found,
                     .advice = {}});
}

class StructureCheck {
 public:
  explicit StructureCheck(std::uint64_t fileBytes) : fileBytes_(fileBytes) {}

  void group(hid_t id, const Place& place, int depth);

 private:
  void link(hid_t parent, const std::string& name, const H5L_info_t& info, const Place& place,
            int depth);
  void dataset(hid_t id, const Place& place);
  void layout(hid_t id, hid_t options, const std::vector<hsize_t>& dims, std::size_t elementBytes,
              std::uint64_t declared, const Place& place) const;
  static void filters(hid_t options, const Place& place);
  void attributes(hid_t id, const Place& place);
  std::uint64_t extent(hid_t type, hid_t space, const Place& place);

  std::uint64_t fileBytes_;
  std::uint64_t declaredBytes_ = 0;
  std::set<haddr_t> seen_;
};

struct Member {
  std::string name;
  H5L_info_t info;
};

std::vector<Member> membersOf(hid_t group, const Place& place) {
  std::vector<Member> members;
  hsize_t next = 0;
  checked(H5Literate(
              group, H5_INDEX_NAME, H5_ITER_NATIVE, &next,
              [](hid_t, const char* name, const H5L_info_t* info, void* out) -> herr_t {
                auto& list = *static_cast<std::vector<Member>*>(out);
                // Exceptions must not pass through the C library.
                try {
                  list.push_back({name, *info});
                } catch (...) {
                  return -1;
                }
                return list.size() > kMaxObjects ? -1 : 0;
              },
              &members),
          place, "the members of the group cannot be listed");
  return members;
}

void StructureCheck::group(hid_t id, const Place& place, int depth) {
  if (depth > kMaxDepth)
    refuse(place, ErrorCode::Malformed, "groups are nested too deeply",
           fmt::format("{} levels", kMaxDepth), "more");
  const Handle options =
      checked(H5Gget_create_plist(id), H5Pclose, place, "the group's properties cannot be read");
  filters(options.get(), place);
  attributes(id, place);
  for (const Member& member : membersOf(id, place))
    link(id, member.name, member.info, place.child(member.name), depth);
}

void StructureCheck::link(hid_t parent, const std::string& name, const H5L_info_t& info,
                          const Place& place, int depth) {
  if (info.type != H5L_TYPE_HARD)
    refuse(place, ErrorCode::Unsupported, "a link that run files do not have", "a hard link",
           info.type == H5L_TYPE_SOFT       ? "a soft link"
           : info.type == H5L_TYPE_EXTERNAL ? "an external link"
                                            : "a link of an unknown kind");
  if (!seen_.insert(info.u.address).second)
    refuse(place, ErrorCode::Unsupported, "the file holds a cycle or one object under two names",
           "each object once", "one seen before");
  if (seen_.size() > kMaxObjects)
    refuse(place, ErrorCode::Malformed, "too many objects", fmt::format("{}", kMaxObjects), "more");
  const Handle object = checked(H5Oopen(parent, name.c_str(), H5P_DEFAULT), H5Oclose, place,
                                "the object cannot be opened");
  switch (H5Iget_type(object.get())) {
    case H5I_GROUP:
      group(object.get(), place, depth + 1);
      return;
    case H5I_DATASET:
      dataset(object.get(), place);
      return;
    default:
      refuse(place, ErrorCode::Unsupported, "an object that run files do not have",
             "a group or a dataset", "a named type");
  }
}

void StructureCheck::filters(hid_t options, const Place& place) {
  const int count = checked(H5Pget_nfilters(options), place, "the filters cannot be read");
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0, config = 0;
    std::size_t numValues = 0;
    const H5Z_filter_t filter = checked(H5Pget_filter2(options, static_cast<unsigned>(i), &flags,
                                                       &numValues, nullptr, 0, nullptr, &config),
                                        place, "a filter cannot be read");
    if (filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_DEFLATE)
      refuse(place, ErrorCode::Unsupported, "a filter that run files do not use",
             "shuffle or deflate", fmt::format("filter {}", filter));
  }
}

std::uint64_t StructureCheck::extent(hid_t typeId, hid_t space, const Place& place) {
  const auto kind = kindOf(typeId);
  if (!kind)
    refuse(place, ErrorCode::Unsupported, "a type of element that run files do not use",
           "uint8, int64, uint64, float32, float64 or fixed-length string", describeType(typeId));
  const auto dims = dimensions(space, place);
  const std::uint64_t bytes = byteCount(dims, H5Tget_size(typeId), place);
  if (*kind == Kind::Text && byteCount(dims, 1, place) > kMaxTexts)
    refuse(place, ErrorCode::Malformed, "too many strings", fmt::format("at most {}", kMaxTexts),
           shapeText(dims));
  declaredBytes_ += bytes;
  if (declaredBytes_ > kMaxTotalBytes)
    refuse(place, ErrorCode::Malformed, "all arrays together are too large",
           fmt::format("at most {} bytes", kMaxTotalBytes),
           fmt::format("{} so far", declaredBytes_));
  return bytes;
}

void StructureCheck::dataset(hid_t id, const Place& place) {
  const std::string message = "the dataset's header cannot be read";
  const Handle type = checked(H5Dget_type(id), H5Tclose, place, message);
  const Handle space = checked(H5Dget_space(id), H5Sclose, place, message);
  const Handle options = checked(H5Dget_create_plist(id), H5Pclose, place, message);
  const H5D_layout_t kind = H5Pget_layout(options.get());
  if (kind == H5D_VIRTUAL)
    refuse(place, ErrorCode::Unsupported, "a virtual dataset", "values in this file",
           "a mapping onto other datasets");
  if (checked(H5Pget_external_count(options.get()), place, message) > 0)
    refuse(place, ErrorCode::Unsupported, "values kept in another file", "values in this file",
           "external storage");
  filters(options.get(), place);
  const std::uint64_t declared = extent(type.get(), space.get(), place);
  layout(id, options.get(), dimensions(space.get(), place), H5Tget_size(type.get()), declared,
         place);
  attributes(id, place);
}

void StructureCheck::layout(hid_t id, hid_t options, const std::vector<hsize_t>& dims,
                            std::size_t elementBytes, std::uint64_t declared,
                            const Place& place) const {
  std::uint64_t ratio = 1;
  if (H5Pget_layout(options) == H5D_CHUNKED) {
    std::vector<hsize_t> chunk(dims.size());
    const int rank = checked(H5Pget_chunk(options, static_cast<int>(chunk.size()), chunk.data()),
                             place, "the chunks cannot be read");
    if (static_cast<std::size_t>(rank) != dims.size())
      refuse(place, ErrorCode::Malformed, "chunks of another rank than their array",
             fmt::format("{}", dims.size()), fmt::format("{}", rank));
    if (byteCount(chunk, elementBytes, place) > kMaxChunkBytes)
      refuse(place, ErrorCode::Malformed, "a chunk is too large",
             fmt::format("at most {} bytes", kMaxChunkBytes),
             fmt::format("{} of {} bytes each", shapeText(chunk), elementBytes));
    if (H5Pget_nfilters(options) > 0) ratio = declared > kLargeBytes ? kLargeRatio : kDeflateRatio;
  }
  const std::uint64_t stored = H5Dget_storage_size(id);
  const std::uint64_t possible = std::min<std::uint64_t>(stored, fileBytes_) * ratio +
                                 (ratio > 1 && stored > 0 ? kSlackBytes : 0);
  if (declared > possible)
    refuse(place, ErrorCode::Malformed, "far more is declared than is stored",
           fmt::format("at most {} bytes", possible), fmt::format("{}", declared));
}

void StructureCheck::attributes(hid_t id, const Place& place) {
  H5O_info_t info;
  checked(H5Oget_info2(id, &info, H5O_INFO_NUM_ATTRS), place, "the attributes cannot be counted");
  if (info.num_attrs > kMaxObjects)
    refuse(place, ErrorCode::Malformed, "too many attributes", fmt::format("{}", kMaxObjects),
           fmt::format("{}", info.num_attrs));
  for (hsize_t i = 0; i < info.num_attrs; ++i) {
    const std::string message = fmt::format("attribute {} cannot be read", i);
    const Handle attribute =
        checked(H5Aopen_by_idx(id, ".", H5_INDEX_NAME, H5_ITER_NATIVE, i, H5P_DEFAULT, H5P_DEFAULT),
                H5Aclose, place, message);
    const auto length = checked(H5Aget_name(attribute.get(), 0, nullptr), place, message);
    std::string name(static_cast<std::size_t>(length) + 1, '\0');
    checked(H5Aget_name(attribute.get(), name.size(), name.data()), place, message);
    name.pop_back();
    const Place where{place.file, place.path + "@" + name};
    const Handle type = checked(H5Aget_type(attribute.get()), H5Tclose, where, message);
    const Handle space = checked(H5Aget_space(attribute.get()), H5Sclose, where, message);
    const std::uint64_t bytes = extent(type.get(), space.get(), where);
    if (bytes > fileBytes_)
      refuse(where, ErrorCode::Malformed, "far more is declared than is stored",
             fmt::format("at most {} bytes", fileBytes_), fmt::format("{}", bytes));
  }
}

}  // namespace

void checkStructure(hid_t file, std::uint64_t fileBytes, const Place& root) {
  StructureCheck check(fileBytes);
  const Handle id =
      checked(H5Gopen2(file, "/", H5P_DEFAULT), H5Gclose, root, "the root group cannot be opened");
  check.group(id.get(), root, 0);
}

}  // namespace kvloupe::hdf5
