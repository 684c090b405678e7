// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <vector>

#include "panels/start_page.hpp"

namespace kvloupe {

/// Models and runs opened before, the newest first; kept in the person's settings.
[[nodiscard]] QStringList recentPaths();
void rememberRecent(const QString& path);
void forgetRecent();

[[nodiscard]] std::vector<RecentItem> recentItems();

/// "~/models/qwen2": with the home folder shortened.
[[nodiscard]] QString shortPath(const QString& path);
[[nodiscard]] bool isRunPath(const QString& path);

}  // namespace kvloupe
