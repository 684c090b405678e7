// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

class QWidget;

namespace kvloupe {

/// Where a file dialog of this kind ("run", "chart", ...) begins: where the last one ended, as long
/// as that folder is there, else the home folder.
[[nodiscard]] QString rememberedFolder(const QString& kind);
/// For the next time: the folder of what was picked, or the picked folder itself.
void rememberFolder(const QString& kind, const QString& picked);

/// A name that was picked to be written to, with `ending` where it has none of `endings`. A file
/// that stands under the name which comes of that, about which the file dialog did not ask, is
/// asked about here; empty where it is to stay.
[[nodiscard]] QString withEnding(QWidget* parent, const QString& picked, const QString& ending,
                                 const QStringList& endings);

}  // namespace kvloupe
