// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/lazy_engine.hpp"

#include <utility>

#include "core_module/core_module.hpp"
#include "engine/model_files.hpp"

namespace kvloupe::cli {

Engine& LazyEngine::module() {
  if (!module_) module_ = loadEngine(coreModulePath());
  return *module_;
}

std::unique_ptr<Session> LazyEngine::open(const OpenRequest& request, std::stop_token stop,
                                          const ProgressFn& progress) {
  static_cast<void>(openModelFiles(request));  // refuses in a few ms what the module would, too
  return module().open(request, std::move(stop), progress);
}

Run LazyEngine::merge(const std::vector<std::string>& parts) { return module().merge(parts); }

}  // namespace kvloupe::cli
