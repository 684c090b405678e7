// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace kvloupe {

enum class ErrorCode {
  NotFound,         // a file, folder, tensor or group that should be there is not
  Malformed,        // a file that breaks its own format
  Mismatch,         // two things that each read well but do not belong together
  Unsupported,      // well-formed, but nothing this program can run
  InvalidArgument,  // what the person asked for cannot be done
  Io,               // the operating system refused a read or a write
  NoSpace,          // the disk is full
  OutOfMemory,
  Device,    // an accelerator that is absent or failed
  Internal,  // a bug in this program
};

/// What went wrong, in the parts that a refusal shows: file, place, found, expected, what to do.
struct ErrorDetail {
  std::string message{};  // what happened, one plain sentence without a full stop
  std::string file{};     // path, or empty
  std::string place{};    // key, tensor name, byte offset, option
  std::string expected{};
  std::string found{};
  std::string advice{};  // what to do next, or empty
};

/// The one exception type of the core. `what()` is a single line that names all parts given.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, ErrorDetail detail)
      : std::runtime_error(line(detail)), code_(code), detail_(std::move(detail)) {}

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] const ErrorDetail& detail() const noexcept { return detail_; }

 private:
  static std::string line(const ErrorDetail& d) {
    std::string text;
    if (!d.file.empty()) text += d.file + ": ";
    if (!d.place.empty()) text += d.place + ": ";
    text += d.message;
    if (!d.found.empty()) text += "; found " + d.found;
    if (!d.expected.empty()) text += (d.found.empty() ? "; expected " : ", expected ") + d.expected;
    if (!d.advice.empty()) text += ". " + d.advice;
    // A hostile name may hold line breaks or control characters; the line stays one line.
    for (char& c : text)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return text;
  }

  ErrorCode code_;
  ErrorDetail detail_;
};

}  // namespace kvloupe
