// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

namespace kvloupe {

class Workbench;

/// The page that is shown, what was chosen on every page, and what every chart was zoomed to.
[[nodiscard]] QJsonObject windowView(const Workbench& workbench);

/// The same again. A file may hold anything: what does not fit stays as it is.
void restoreWindowView(Workbench& workbench, const QJsonObject& view);

}  // namespace kvloupe
