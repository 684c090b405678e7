// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <random>
#include <utility>

#include "common/error.hpp"

namespace kvloupe {
namespace {

constexpr const char* kPart = ".part";
constexpr std::size_t kRandomDigits = 16;

[[noreturn]] void failSaving(const std::string& path, const char* step, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  throw Error(full ? ErrorCode::NoSpace : ErrorCode::Io,
              {.message = full ? "the disk is full, nothing was changed"
                               : "the file cannot be saved, nothing was changed",
               .file = path,
               .place = step,
               .expected = {},
               .found = std::strerror(error),
               .advice = full ? "Free some space or save elsewhere" : ""});
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  /// Closes and says whether all went well: network disks report a full disk only here.
  [[nodiscard]] bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

// Removes the temporary file unless it was renamed.
class Temporary {
 public:
  explicit Temporary(std::string path) : path_(std::move(path)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  void release() { path_.clear(); }

 private:
  std::string path_;
};

// Where the bytes go in the end: a link is followed, not replaced.
std::filesystem::path targetOf(const std::string& path) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  return error ? std::filesystem::path(path) : real;
}

// Temporary files of the same target that a killed program left behind. Who still writes one holds
// its lock; one that was made this minute may not have it yet.
void removeAbandoned(const std::filesystem::path& folder, const std::string& prefix) {
  constexpr std::time_t kYoung = 60;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.rfind(prefix, 0) != 0 || !name.ends_with(kPart) ||
        name.size() != prefix.size() + kRandomDigits + std::strlen(kPart))
      continue;
    const Descriptor file(
        ::open(entry->path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (status.st_mtime + kYoung > std::time(nullptr)) continue;
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) ::unlink(entry->path().c_str());
  }
}

void writeAll(int fd, std::span<const std::byte> bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) failSaving(path, "write", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

}  // namespace

void checkWritable(const std::string& path, const char* refusal) {
  const auto refuse = [&](ErrorCode code, std::string found, const char* expected) {
    throw Error(code, {.message = refusal,
                       .file = path,
                       .place = {},
                       .expected = expected,
                       .found = std::move(found),
                       .advice = "Save elsewhere"});
  };
  const std::filesystem::path target(path);
  const std::filesystem::path folder =
      target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    refuse(errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Io, std::strerror(errno),
           "a folder that can be written to");
  struct stat old {};
  if (!target.has_filename() || (::stat(path.c_str(), &old) == 0 && S_ISDIR(old.st_mode)))
    refuse(ErrorCode::Io, "a folder", "the name of a file");
  if (old.st_mode != 0 && !S_ISREG(old.st_mode))
    refuse(ErrorCode::Io, "a device or pipe", "the name of a file");
}

void writeAtomically(const std::string& path, std::span<const std::byte> bytes,
                     const std::function<void(const std::string& temporary)>& verify) {
  const std::filesystem::path target = targetOf(path);
  const std::filesystem::path folder =
      target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
  struct stat old {};
  const bool replaces = ::stat(target.c_str(), &old) == 0;
  if (replaces && !S_ISREG(old.st_mode)) failSaving(path, "rename", EISDIR);

  std::random_device random;
  const std::string prefix = fmt::format(".{:.100}.", target.filename().string());
  removeAbandoned(folder, prefix);
  const std::string temporary =
      folder / fmt::format("{}{:08x}{:08x}{}", prefix, random(), random(), kPart);
  Descriptor file(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (file.get() < 0) failSaving(path, "create", errno);
  Temporary guard(temporary);
  (void)::flock(file.get(), LOCK_EX | LOCK_NB);  // held by the copy until it is renamed
  const Descriptor held(::fcntl(file.get(), F_DUPFD_CLOEXEC, 0));
  if (replaces) (void)::fchmod(file.get(), old.st_mode & 0777);
  writeAll(file.get(), bytes, path);
  if (::fsync(file.get()) != 0) failSaving(path, "sync", errno);
  if (!file.close()) failSaving(path, "close", errno);

  if (verify) verify(temporary);

  if (::rename(temporary.c_str(), target.c_str()) != 0) failSaving(path, "rename", errno);
  guard.release();
  // The new file stands from here on; a folder that cannot be synced (some network disks) is no
  // reason to call the save failed.
  const Descriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.get() >= 0) (void)::fsync(parent.get());
}

void writeAtomically(const std::string& path, std::string_view text) {
  writeAtomically(path, std::as_bytes(std::span(text)));
}

}  // namespace kvloupe
