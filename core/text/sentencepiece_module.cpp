// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/sentencepiece_module.hpp"

#include <dlfcn.h>

#include <array>
#include <string>

#include "common/error.hpp"
#include "text/tokenizer_files.hpp"

namespace kvloupe {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr int kBinding = 0;  // the sanitizer's runtime refuses RTLD_DEEPBIND
#else
constexpr int kBinding = RTLD_DEEPBIND;
#endif

/// Where this code was loaded from: a program in bin/, or the core module in lib/.
std::filesystem::path ownFolder() {
  Dl_info info{};
  dladdr(reinterpret_cast<const void*>(&kBinding), &info);
  return std::filesystem::canonical(info.dli_fname).parent_path();
}

auto openModule() {
  std::string problem;
  const std::filesystem::path own = ownFolder();
  for (const auto& folder :
       std::array{own, own.parent_path() / "lib", own.parent_path() / "lib/kvloupe"}) {
    const std::filesystem::path file = folder / "libkvloupe-sentencepiece.so";
    if (!std::filesystem::exists(file)) continue;
    if (void* module = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | kBinding))
      return reinterpret_cast<decltype(&kvloupe_read_sentencepiece)>(
          dlsym(module, "kvloupe_read_sentencepiece"));
    problem = dlerror();
  }
  throw Error(ErrorCode::NotFound,
              {.message = "the module that reads tokenizer.model is not installed",
               .file = "libkvloupe-sentencepiece.so",
               .expected = "in " + (own.parent_path() / "lib").string(),
               .found = problem.empty() ? "none" : problem});
}

}  // namespace

std::unique_ptr<Tokenizer> readSentencePieceModel(const std::filesystem::path& file, bool addBos) {
  static const auto read = openModule();
  return std::unique_ptr<Tokenizer>(read(file, addBos));
}

}  // namespace kvloupe
