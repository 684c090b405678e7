// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run_store/run_store.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>
#include <utility>

#include "common/error.hpp"
#include "io/atomic_file.hpp"
#include "io/run_store/child_check.hpp"
#include "io/run_store/run_file.hpp"

namespace kvloupe {

void checkSavePath(const std::string& path) {
  const auto refuse = [&](ErrorCode code, const char* message, std::string found,
                          const char* expected, const char* advice) {
    throw Error(code, {.message = message,
                       .file = path,
                       .place = {},
                       .expected = expected,
                       .found = std::move(found),
                       .advice = advice});
  };
  constexpr const char* kElsewhere = "Save elsewhere";
  const std::filesystem::path target(path);
  const std::filesystem::path folder =
      target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    refuse(errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Io, "a run cannot be saved there",
           std::strerror(errno), "a folder that can be written to", kElsewhere);
  struct stat old {};
  if (::stat(path.c_str(), &old) != 0) return;
  if (!S_ISREG(old.st_mode))
    refuse(ErrorCode::Io, "a run cannot be saved there",
           S_ISDIR(old.st_mode) ? "a folder" : "a device or pipe", "the name of a file",
           kElsewhere);
  std::array<char, hdf5::kSignature.size()> head{};
  std::ifstream(path, std::ios::binary).read(head.data(), head.size());
  if (old.st_size > 0 && std::memcmp(head.data(), hdf5::kSignature.data(), head.size()) != 0)
    refuse(ErrorCode::Malformed, "a file that is no run would be overwritten", "another file",
           "a run file, or none", kElsewhere);
}

void saveRun(const Run& run, const std::string& path) try {
  checkSavePath(path);
  const std::vector<std::byte> image = hdf5::runImage(run);
  writeAtomically(path, image,
                  [&](const std::string& temporary) { hdf5::verifyRunFile(temporary, run); });
} catch (const std::bad_alloc&) {
  throw Error(ErrorCode::OutOfMemory, {.message = "there is not enough memory to save the run",
                                       .file = path,
                                       .place = {},
                                       .expected = {},
                                       .found = {},
                                       .advice = {}});
}

Run loadRun(const std::string& path) {
  checkInChild(path);
  return hdf5::readRunFile(path);
}

}  // namespace kvloupe
