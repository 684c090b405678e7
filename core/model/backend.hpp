// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>

namespace kvloupe::backend {

/// Lets libtorch use every core that the process may have, or as many threads as OMP_NUM_THREADS
/// and OMP_THREAD_LIMIT say; its own default is half the cores. Returns their number.
int useAllCores();

/// Inside a catch block: rethrows Error and Cancelled as they are, anything else that libtorch or
/// the allocator threw as an Error. `doing` is what was tried: "a forward pass of 512 tokens".
[[noreturn]] void rethrowTranslated(const std::string& doing);

/// Runs `body`, translating what it throws.
template <typename Body>
decltype(auto) translated(const std::string& doing, Body&& body) {
  try {
    return std::forward<Body>(body)();
  } catch (...) {
    rethrowTranslated(doing);
  }
}

}  // namespace kvloupe::backend
