// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace kvloupe {

/// A bundled model and the texts that it brings.
struct DemoModel {
  std::filesystem::path folder, calibration, evaluation;
};

/// `demo:gqa` and `demo:mla`; nothing for a name that does not begin with "demo:". Looked for in
/// $KVLOUPE_RESOURCES, in share/kvloupe beside the program's folder, and where it was built.
/// Throws Error NotFound for an unknown demo or missing files.
[[nodiscard]] std::optional<DemoModel> findDemo(std::string_view name);

}  // namespace kvloupe
