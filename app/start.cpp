// SPDX-License-Identifier: GPL-3.0-or-later
#include "start.hpp"

#include <QFileInfo>

#include "options.hpp"
#include "window/main_window.hpp"
#include "window/recent_items.hpp"

namespace kvloupe {

MeasurementSettings settingsFrom(const Options& options, MeasurementSettings settings) {
  const auto give = [](const QString& path, QString& setting) {
    if (!path.isEmpty()) setting = QFileInfo(path).absoluteFilePath();
  };
  give(options.evaluationPath, settings.evaluationPath);
  give(options.calibrationPath, settings.calibrationPath);
  if (options.context > 0) settings.context = options.context;
  return settings;
}

void openNamed(const Options& options, MainWindow& window, Workspace& workspace) {
  if (!options.page.isEmpty()) window.showPage(options.page);
  Slot next = Slot::A;
  for (const QString& path : options.paths) {
    if (next == Slot::A && isRunPath(path))
      QObject::connect(
          &workspace, &Workspace::sessionOpened, &window,
          [&window, &workspace, options] {
            workspace.setSettings(settingsFrom(options, workspace.settings()));
            if (!options.page.isEmpty()) window.showPage(options.page);
          },
          Qt::SingleShotConnection);
    window.openPath(path, next);
    next = Slot::B;
  }
}

}  // namespace kvloupe
