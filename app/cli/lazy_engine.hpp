// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/files_engine.hpp"

namespace kvloupe::cli {

/// The command line's engine. It loads the core module, and libtorch with it, when a model is to be
/// run that nothing speaks against.
class LazyEngine final : public FilesEngine {
 public:
  std::unique_ptr<Session> open(const OpenRequest& request, std::stop_token stop,
                                const ProgressFn& progress) override;
  Run merge(const std::vector<std::string>& parts) override;

 private:
  Engine& module();
  std::unique_ptr<Engine> module_;
};

}  // namespace kvloupe::cli
