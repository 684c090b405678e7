// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSize>
#include <QString>
#include <QStringList>
#include <optional>

#include "theme/theme.hpp"

namespace kvloupe {

/// What the program was started with.
struct Options {
  QStringList paths;  // models and runs; a second model goes to B
  std::optional<ThemeKind> theme;
  QString evaluationPath;  // empty: the demo's own
  QString calibrationPath;
  int context = 0;     // 0: min(2048, the model's)
  QString page;        // one of pageKeys(), or empty
  QString exportWhat;  // one of pageKeys(), "report", or empty
  QString exportPath;
  QString reportTitle;  // empty: named after the models
  QString reportAuthor;
  bool oneColumn = false;  // figures 85 mm wide instead of 178
  QString screenshotPath;
  QStringList plans;  // SPECs, each measured as a plan before the picture is taken
  QSize size;         // of the window; invalid: as it was
  bool help = false;
  bool version = false;
};

/// Reads the arguments (without the program's name). On a mistake `error` is one line that names
/// it, and the options mean nothing.
[[nodiscard]] Options readOptions(const QStringList& arguments, QString& error);

[[nodiscard]] QString usageText();

}  // namespace kvloupe
