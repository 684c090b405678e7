// SPDX-License-Identifier: GPL-3.0-or-later
// kvloupe-h5check -- FILE: reads a run file under limits on memory and time and says on standard
// output whether it is sound, so that a file that breaks the HDF5 library breaks this program only.
#include <sys/resource.h>

#include <cstdio>
#include <exception>

#include "io/run_store/child_check.hpp"
#include "io/run_store/run_file.hpp"

namespace {

void limit(__rlimit_resource resource, rlim_t value) {
  rlimit limits{};
  if (::getrlimit(resource, &limits) != 0) return;
  limits.rlim_cur = limits.rlim_max < value ? limits.rlim_max : value;
  (void)::setrlimit(resource, &limits);
}

}  // namespace

int main(int argc, char** argv) {
#ifndef __SANITIZE_ADDRESS__
  limit(RLIMIT_AS, rlim_t{6} << 30);
#endif
  limit(RLIMIT_CPU, 20);
  limit(RLIMIT_CORE, 0);
  std::optional<kvloupe::Error> error;
  try {
    if (argc != 3)
      throw kvloupe::Error(kvloupe::ErrorCode::InvalidArgument, {.message = "usage: -- FILE",
                                                                 .file = {},
                                                                 .place = {},
                                                                 .expected = {},
                                                                 .found = {},
                                                                 .advice = {}});
    (void)kvloupe::hdf5::readRunFile(argv[2]);
  } catch (const kvloupe::Error& e) {
    error = e;
  } catch (const std::exception& e) {
    error.emplace(kvloupe::ErrorCode::Malformed,
                  kvloupe::ErrorDetail{e.what(), argv[2], {}, {}, {}, {}});
  }
  const std::string verdict = kvloupe::encodeVerdict(error);
  std::fwrite(verdict.data(), 1, verdict.size(), stdout);
  std::fflush(stdout);  // before the library's own clean-up, which damage may break too
  return error ? 1 : 0;
}
