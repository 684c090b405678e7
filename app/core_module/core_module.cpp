// SPDX-License-Identifier: GPL-3.0-or-later
#include "core_module/core_module.hpp"

#include <dlfcn.h>
#include <sys/resource.h>

#include <cstdlib>
#include <string>
#include <system_error>

#include "common/error.hpp"

namespace kvloupe {

std::filesystem::path coreModulePath() {
  constexpr const char* kName = "libkvloupe-core.so";
  if (const char* chosen = std::getenv("KVLOUPE_CORE")) return chosen;
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  const auto lib = program.parent_path().parent_path() / "lib";
  return std::filesystem::exists(lib / kName, ignored) ? lib / kName : lib / "kvloupe" / kName;
}

namespace {

/// libtorch and its libraries take 0.9 GB of addresses; OpenBLAS tries for ever to get its part.
constexpr rlim_t kLeastAddressSpace = 1'000'000'000;

void requireAddressSpace() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur >= kLeastAddressSpace) return;
  throw Error(ErrorCode::OutOfMemory,
              {.message = "models need more memory than this process may have",
               .place = "limit of addresses (ulimit -v)",
               .expected = std::to_string(kLeastAddressSpace / 1'000'000) + " MB or more",
               .found = std::to_string(limit.rlim_cur / 1'000'000) + " MB",
               .advice = "Raise the limit"});
}

}  // namespace

std::unique_ptr<Engine> loadEngine(const std::filesystem::path& module) {
  requireAddressSpace();
  // OpenMP reads it when it is loaded. Threads that spin at every small operation cost ten times
  // the processor time where other programs want the cores too.
  setenv("OMP_WAIT_POLICY", "passive", /*overwrite=*/0);
  void* handle = dlopen(module.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = dlerror();
    throw Error(ErrorCode::NotFound,
                {.message = "the part of the program that runs models did not load",
                 .file = module.string(),
                 .expected = "the core module of this version",
                 .found = reason != nullptr ? reason : "",
                 .advice = "Build or install KV Loupe again"});
  }
  const auto factory = reinterpret_cast<EngineFactory>(dlsym(handle, kEngineFactoryName));
  if (factory == nullptr)
    throw Error(ErrorCode::Malformed, {.message = "this is not the core module of KV Loupe",
                                       .file = module.string(),
                                       .place = kEngineFactoryName,
                                       .expected = "a function of this name",
                                       .found = "none",
                                       .advice = "Build or install KV Loupe again"});
  return std::unique_ptr<Engine>(factory());
}

}  // namespace kvloupe
