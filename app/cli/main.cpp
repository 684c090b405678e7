// SPDX-License-Identifier: GPL-3.0-or-later
// kvloupe-cli: the command line. Exit status 0, 1 (failed, one line on stderr), 2 (usage), 130
// (interrupted).
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <stop_token>
#include <string_view>

#include "cli/arguments.hpp"
#include "cli/lazy_engine.hpp"
#include "common/error.hpp"

namespace {

using namespace kvloupe;
using namespace kvloupe::cli;

constexpr int kFailed = 1;

std::stop_source stopSource;

// SIGTERM is how a batch system says it.
extern "C" void onInterrupt(int signal) {
  stopSource.request_stop();
  std::signal(signal, SIG_DFL);  // a second one ends the program at once
}

int run(int argc, char** argv) {
  const Invocation invocation = parseArguments(argc, argv);
  if (!invocation.run) return invocation.status;
  // OpenMP reads it when the core module brings it in.
  if (invocation.threads > 0)
    setenv("OMP_NUM_THREADS", fmt::format("{}", invocation.threads).c_str(), /*overwrite=*/1);
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, onInterrupt);
  LazyEngine engine;
  return invocation.run(engine, stopSource.get_token());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int status = run(argc, argv);
    if (std::fflush(stdout) != 0) {
      fmt::print(stderr, "kvloupe-cli: standard output: could not be written\n");
      return kFailed;
    }
    return status;
  } catch (const Cancelled&) {
    fmt::print(stderr, "kvloupe-cli: cancelled\n");
    return kInterrupted;
  } catch (const Error& error) {
    fmt::print(stderr, "kvloupe-cli: {}\n", error.what());
    return error.code() == ErrorCode::InvalidArgument ? kUsage : kFailed;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "kvloupe-cli: not enough memory: close other programs, or ask for less\n");
    return kFailed;
  } catch (const std::exception& error) {
    const std::string_view what = error.what();
    fmt::print(stderr, "kvloupe-cli: internal error: {}\n",
               what.substr(0, what.find_first_of("\r\n")));
    return kFailed;
  }
}
