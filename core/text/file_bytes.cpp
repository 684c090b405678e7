// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/file_bytes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "common/error.hpp"

namespace kvloupe {
namespace {

class Descriptor {
 public:
  // O_NONBLOCK: a named pipe without a writer would block for ever.
  explicit Descriptor(const std::filesystem::path& file)
      : number_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

}  // namespace

std::string readFileBytes(const std::filesystem::path& file, std::uint64_t maxBytes) {
  const auto refuse = [&](ErrorCode code, std::string message, std::string found,
                          std::string expected) {
    throw Error(code, {.message = std::move(message),
                       .file = file.string(),
                       .place = {},
                       .expected = std::move(expected),
                       .found = std::move(found),
                       .advice = {}});
  };
  const auto reason = [] { return std::generic_category().message(errno); };

  const Descriptor descriptor(file);
  if (descriptor.number() < 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    refuse(missing ? ErrorCode::NotFound : ErrorCode::Io,
           missing ? "there is no such file" : "cannot open the file", reason(), "a file");
  }
  struct stat status {};
  if (::fstat(descriptor.number(), &status) != 0) {
    refuse(ErrorCode::Io, "cannot read the file", reason(), "a file");
  }
  if (S_ISDIR(status.st_mode)) {
    refuse(ErrorCode::Malformed, "this is a folder", "a folder", "a file");
  }
  if (!S_ISREG(status.st_mode)) {
    refuse(ErrorCode::Malformed, "this is no regular file", "a special file", "a file");
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > maxBytes) {
    refuse(ErrorCode::Unsupported, "the file is too large", fmt::format("{} bytes", size),
           fmt::format("at most {}", maxBytes));
  }
  std::string bytes(size, '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = ::read(descriptor.number(), bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse(ErrorCode::Io, "cannot read the file", reason(), "its bytes");
    if (count == 0) break;  // it was cut while we read
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace kvloupe
