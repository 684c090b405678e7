// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Private to core/io/run_store: HDF5 does not leave this folder.
#include <hdf5.h>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/error.hpp"

namespace kvloupe::hdf5 {

/// Where in which file something is, for messages.
struct Place {
  std::string file;
  std::string path;  // "/a/model"

  [[nodiscard]] Place child(const std::string& name) const {
    return {file, path == "/" ? path + name : path + "/" + name};
  }
};

/// Owns one HDF5 identifier.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Handle() = default;
  Handle(hid_t id, Close close) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept
      : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }

  [[nodiscard]] hid_t get() const { return id_; }

 private:
  hid_t id_ = H5I_INVALID_HID;
  Close close_ = nullptr;
};

/// To be called on every thread before HDF5 is used there: nothing is printed, no plugin is loaded.
void prepareThread();

/// Throws an Error of what the library said last on this thread.
[[noreturn]] void fail(const Place& place, const std::string& message,
                       ErrorCode code = ErrorCode::Malformed);

/// The id in a Handle, or an Error.
Handle checked(hid_t id, Handle::Close close, const Place& place, const std::string& message);

/// The status of a call that returns a negative number on failure.
template <std::signed_integral T>
T checked(T status, const Place& place, const std::string& message) {
  if (status < 0) fail(place, message);
  return status;
}

/// All types of element that a run file may hold.
enum class Kind { U8, I64, U64, F32, F64, Text };

template <typename T>
constexpr Kind kKindOf = Kind::Text;
template <>
inline constexpr Kind kKindOf<std::uint8_t> = Kind::U8;
template <>
inline constexpr Kind kKindOf<std::int64_t> = Kind::I64;
template <>
inline constexpr Kind kKindOf<std::uint64_t> = Kind::U64;
template <>
inline constexpr Kind kKindOf<float> = Kind::F32;
template <>
inline constexpr Kind kKindOf<double> = Kind::F64;

[[nodiscard]] const char* kindName(Kind kind);

/// The type as it stands in the file; for Text of `textBytes` bytes, UTF-8, padded with zeros.
Handle storedType(Kind kind, std::size_t textBytes, const Place& place);

/// Which of the permitted types this is, or nothing.
std::optional<Kind> kindOf(hid_t type);

/// A type in words: "variable-length string", "reference".
std::string describeType(hid_t type);

/// Dimensions of a dataspace; at most 8, none of it unlimited.
std::vector<hsize_t> dimensions(hid_t space, const Place& place);

/// Elements times bytes of an element, or an Error where that overflows or exceeds 2 GiB.
std::size_t byteCount(const std::vector<hsize_t>& dims, std::size_t elementBytes,
                      const Place& place);

/// "[6, 2, 64]"
std::string shapeText(const std::vector<hsize_t>& dims);

}  // namespace kvloupe::hdf5
