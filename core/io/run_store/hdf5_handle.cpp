// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run_store/hdf5_handle.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kvloupe::hdf5 {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{2} << 30;
constexpr int kMaxRank = 8;

// The library's own reason for its last failure: the innermost entry of its error stack.
std::string lastFailure() {
  std::string reason;
  H5Ewalk2(
      H5E_DEFAULT, H5E_WALK_DOWNWARD,
      [](unsigned, const H5E_error2_t* entry, void* out) -> herr_t {
        if (entry->desc != nullptr) *static_cast<std::string*>(out) = entry->desc;
        return 0;
      },
      &reason);
  return reason;
}

hid_t numericType(Kind kind) {
  switch (kind) {
    case Kind::U8:
      return H5T_STD_U8LE;
    case Kind::I64:
      return H5T_STD_I64LE;
    case Kind::U64:
      return H5T_STD_U64LE;
    case Kind::F32:
      return H5T_IEEE_F32LE;
    case Kind::F64:
      return H5T_IEEE_F64LE;
    case Kind::Text:
      break;
  }
  return H5I_INVALID_HID;
}

}  // namespace

void prepareThread() {
  // The thread-safe library keeps one error stack, and one setting for it, a thread.
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5PLset_loading_state(0);
}

void fail(const Place& place, const std::string& message, ErrorCode code) {
  const std::string reason = lastFailure();
  throw Error(code, {.message = reason.empty() ? message : message + ": " + reason,
                     .file = place.file,
                     .place = place.path,
                     .expected = {},
                     .found = {},
                     .advice = {}});
}

Handle checked(hid_t id, Handle::Close close, const Place& place, const std::string& message) {
  if (id < 0) fail(place, message);
  return {id, close};
}

const char* kindName(Kind kind) {
  switch (kind) {
    case Kind::U8:
      return "uint8";
    case Kind::I64:
      return "int64";
    case Kind::U64:
      return "uint64";
    case Kind::F32:
      return "float32";
    case Kind::F64:
      return "float64";
    case Kind::Text:
      return "fixed-length string";
  }
  return "";
}

Handle storedType(Kind kind, std::size_t textBytes, const Place& place) {
  const std::string message = "the type cannot be made";
  const hid_t base = kind == Kind::Text ? H5T_C_S1 : numericType(kind);
  Handle type = checked(H5Tcopy(base), H5Tclose, place, message);
  if (kind == Kind::Text) {
    checked(H5Tset_size(type.get(), textBytes), place, message);
    checked(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), place, message);
    checked(H5Tset_cset(type.get(), H5T_CSET_UTF8), place, message);
  }
  return type;
}

std::optional<Kind> kindOf(hid_t type) {
  const H5T_class_t c = H5Tget_class(type);
  if (c == H5T_STRING && H5Tis_variable_str(type) == 0) return Kind::Text;
  if (c != H5T_INTEGER && c != H5T_FLOAT) return std::nullopt;
  for (const Kind kind : {Kind::U8, Kind::I64, Kind::U64, Kind::F32, Kind::F64})
    if (H5Tequal(type, numericType(kind)) > 0) return kind;
  return std::nullopt;
}

std::string describeType(hid_t type) {
  if (const auto kind = kindOf(type)) return kindName(*kind);
  const std::size_t bits = 8 * H5Tget_size(type);
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      return fmt::format("{}-bit integer in another format", bits);
    case H5T_FLOAT:
      return fmt::format("{}-bit float in another format", bits);
    case H5T_STRING:
      return "variable-length string";
    case H5T_VLEN:
      return "variable-length type";
    case H5T_REFERENCE:
      return "reference";
    case H5T_COMPOUND:
      return "compound type";
    case H5T_ENUM:
      return "enumeration";
    case H5T_ARRAY:
      return "array type";
    case H5T_OPAQUE:
      return "opaque type";
    case H5T_BITFIELD:
      return "bit field";
    default:
      return "unknown type";
  }
}

std::vector<hsize_t> dimensions(hid_t space, const Place& place) {
  const H5S_class_t shape = H5Sget_simple_extent_type(space);
  if (shape != H5S_SCALAR && shape != H5S_SIMPLE)
    throw Error(ErrorCode::Mismatch, {.message = "an array without a shape",
                                      .file = place.file,
                                      .place = place.path,
                                      .expected = "a scalar or a simple array",
                                      .found = shape == H5S_NULL ? "a null dataspace" : "none",
                                      .advice = {}});
  const int rank = checked(H5Sget_simple_extent_ndims(space), place, "the rank cannot be read");
  if (rank > kMaxRank)
    throw Error(ErrorCode::Mismatch, {.message = "too many dimensions",
                                      .file = place.file,
                                      .place = place.path,
                                      .expected = fmt::format("at most {}", kMaxRank),
                                      .found = fmt::format("{}", rank),
                                      .advice = {}});
  std::vector<hsize_t> dims(static_cast<std::size_t>(rank));
  if (rank > 0)
    checked(H5Sget_simple_extent_dims(space, dims.data(), nullptr), place,
            "the shape cannot be read");
  return dims;
}

std::size_t byteCount(const std::vector<hsize_t>& dims, std::size_t elementBytes,
                      const Place& place) {
  hsize_t bytes = elementBytes;
  bool overflow = false;
  for (const hsize_t n : dims) overflow = __builtin_mul_overflow(bytes, n, &bytes) || overflow;
  // An overflowing product stays an error although a later dimension is 0.
  if (overflow || bytes > kMaxBytes)
    throw Error(ErrorCode::Malformed,
                {.message = "the declared size is too large",
                 .file = place.file,
                 .place = place.path,
                 .expected = fmt::format("at most {} bytes", kMaxBytes),
                 .found = fmt::format("{} of {} bytes each", shapeText(dims), elementBytes),
                 .advice = {}});
  return static_cast<std::size_t>(bytes);
}

std::string shapeText(const std::vector<hsize_t>& dims) {
  return fmt::format("[{}]", fmt::join(dims, ", "));
}

}  // namespace kvloupe::hdf5
