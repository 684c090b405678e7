// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run_store/run_store.hpp"

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>

#include "common/error.hpp"
#include "io/atomic_file.hpp"
#include "io/run_store/child_check.hpp"
#include "io/run_store/run_file.hpp"

namespace kvloupe {

void checkSavePath(const std::string& path) {
  checkWritable(path, "a run cannot be saved there");
  std::error_code absent;
  const auto size = std::filesystem::file_size(path, absent);
  if (absent || size == 0) return;
  std::array<char, hdf5::kSignature.size()> head{};
  std::ifstream(path, std::ios::binary).read(head.data(), head.size());
  if (std::memcmp(head.data(), hdf5::kSignature.data(), head.size()) != 0)
    throw Error(ErrorCode::Malformed, {.message = "a file that is no run would be overwritten",
                                       .file = path,
                                       .place = {},
                                       .expected = "a run file, or none",
                                       .found = "another file",
                                       .advice = "Save elsewhere"});
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
