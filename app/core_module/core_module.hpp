// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "engine/engine.hpp"

namespace kvloupe {

/// Makes the engine; in the window called once, on the worker thread. Throws Error.
using EngineSource = std::function<std::unique_ptr<Engine>()>;

/// Where the core module lies: $KVLOUPE_CORE, else in ../lib or ../lib/kvloupe beside the program.
[[nodiscard]] std::filesystem::path coreModulePath();

/// Opens the core module and asks its factory for an engine. The module stays loaded: libtorch
/// cannot be unloaded. Throws Error NotFound or Malformed.
[[nodiscard]] std::unique_ptr<Engine> loadEngine(const std::filesystem::path& module);

}  // namespace kvloupe
