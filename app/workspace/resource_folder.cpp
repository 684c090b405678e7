// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/resource_folder.hpp"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStringList>

namespace kvloupe {

std::optional<QString> findResource(const QString& name) {
  const QStringList folders = {qEnvironmentVariable("KVLOUPE_RESOURCES"),
                               QCoreApplication::applicationDirPath() + "/../share/kvloupe",
                               KVLOUPE_SOURCE_RESOURCES};
  for (const QString& folder : folders) {
    const QFileInfo file(folder + "/" + name);
    if (!folder.isEmpty() && file.exists()) return file.canonicalFilePath();
  }
  return std::nullopt;
}

}  // namespace kvloupe
