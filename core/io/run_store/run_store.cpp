// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run_store/run_store.hpp"

#include <new>

#include "common/error.hpp"
#include "io/run_store/atomic_file.hpp"
#include "io/run_store/child_check.hpp"
#include "io/run_store/run_file.hpp"

namespace kvloupe {

void saveRun(const Run& run, const std::string& path) try {
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
