// SPDX-License-Identifier: GPL-3.0-or-later
#include "core_module.hpp"

#include <dlfcn.h>

#include <QCoreApplication>
#include <QFile>

#include "common/error.hpp"

namespace kvloupe {

QString coreModulePath() {
  const QString chosen = qEnvironmentVariable("KVLOUPE_CORE");
  return chosen.isEmpty() ? QCoreApplication::applicationDirPath() + "/../lib/libkvloupe-core.so"
                          : chosen;
}

std::unique_ptr<Engine> loadEngine(const QString& modulePath) {
  const std::string path = QFile::encodeName(modulePath).toStdString();
  void* module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) {
    const char* reason = dlerror();
    throw Error(ErrorCode::NotFound,
                {.message = "the part of the program that runs models did not load",
                 .file = path,
                 .place = {},
                 .expected = "the core module of this version",
                 .found = reason != nullptr ? reason : "",
                 .advice = "Build or install KV Loupe again"});
  }
  const auto factory = reinterpret_cast<EngineFactory>(dlsym(module, kEngineFactoryName));
  if (factory == nullptr)
    throw Error(ErrorCode::Malformed, {.message = "this is not the core module of KV Loupe",
                                       .file = path,
                                       .place = kEngineFactoryName,
                                       .expected = "a function of this name",
                                       .found = "none",
                                       .advice = "Build or install KV Loupe again"});
  return std::unique_ptr<Engine>(factory());
}

}  // namespace kvloupe
