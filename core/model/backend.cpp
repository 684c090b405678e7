// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/backend.hpp"

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>
#include <omp.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <string_view>

#include "common/error.hpp"
#include "common/progress.hpp"

namespace kvloupe::backend {

namespace {

constexpr const char* kMemoryAdvice =
    "Use a shorter context or a smaller model, or close other programs";

constexpr std::size_t kMessageBytes = 300;

/// What libtorch says, without the lines that name its own sources.
std::string firstLine(std::string message) {
  if (const std::size_t end = message.find_first_of("\r\n"); end != std::string::npos)
    message.resize(end);
  if (message.size() > kMessageBytes) message.replace(kMessageBytes, std::string::npos, "...");
  return message;
}

bool tellsOfMemory(std::string_view message) {
  return message.find("allocate memory") != std::string_view::npos ||
         message.find("enough memory") != std::string_view::npos ||
         message.find("out of memory") != std::string_view::npos;
}

}  // namespace

int useAllCores() {
  const int wanted =
      std::getenv("OMP_NUM_THREADS") != nullptr ? omp_get_max_threads() : omp_get_num_procs();
  // OpenBLAS waits for ever for threads that OMP_THREAD_LIMIT does not let it have.
  const int threads = std::max(1, std::min(wanted, omp_get_thread_limit()));
  at::set_num_threads(threads);
  return threads;
}

void rethrowTranslated(const std::string& doing) {
  try {
    throw;
  } catch (const Error&) {
    throw;
  } catch (const Cancelled&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::OutOfMemory,
                {.message = "not enough memory for " + doing, .advice = kMemoryAdvice});
  } catch (const c10::Error& error) {
    const std::string message = error.what_without_backtrace();
    if (tellsOfMemory(message))
      throw Error(ErrorCode::OutOfMemory,
                  {.message = "not enough memory for " + doing, .advice = kMemoryAdvice});
    throw Error(ErrorCode::Internal, {.message = doing + " failed: " + firstLine(message)});
  } catch (const std::exception& error) {
    throw Error(ErrorCode::Internal, {.message = doing + " failed: " + firstLine(error.what())});
  }
}

}  // namespace kvloupe::backend
