// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

#include "common/error.hpp"

namespace kvloupe::fuzz {

[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

inline void check(bool holds, const char* what) {
  if (!holds) fail(std::string("does not hold: ") + what);
}

/// Reads something from a stranger: it is read, or refused with an Error that says in one line
/// which file it was and what was found and expected. All else is a finding.
template <class Read>
void mayRefuse(Read&& read) {
  try {
    read();
  } catch (const Error& error) {
    const ErrorDetail& detail = error.detail();
    const bool says = !detail.file.empty() && !detail.message.empty() && !detail.found.empty() &&
                      !detail.expected.empty();
    const bool oneLine = std::string(error.what()).find('\n') == std::string::npos;
    if (!says || !oneLine || error.code() == ErrorCode::Internal) fail(error.what());
  }
}

}  // namespace kvloupe::fuzz
