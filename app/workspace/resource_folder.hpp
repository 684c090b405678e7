// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>

namespace kvloupe {

/// A file or folder that comes with the program, looked for where the engine looks: in
/// $KVLOUPE_RESOURCES, the installed share folder, then the source tree.
[[nodiscard]] std::optional<QString> findResource(const QString& name);

}  // namespace kvloupe
