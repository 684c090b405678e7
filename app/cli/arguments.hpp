// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <stop_token>

#include "cli/commands.hpp"

namespace kvloupe::cli {

inline constexpr int kUsage = 2;

/// What the arguments ask for.
struct Invocation {
  int status = 0;   // where there is nothing to run: help was printed, or the usage was wrong
  int threads = 0;  // 0: as many as there are cores
  std::function<int(Engine&, std::stop_token)> run;  // empty where there is nothing to run
};

[[nodiscard]] Invocation parseArguments(int argc, char** argv);

}  // namespace kvloupe::cli
