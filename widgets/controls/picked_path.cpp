// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls/picked_path.hpp"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QMessageBox>
#include <QSettings>
#include <algorithm>

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::PickedPath)
};

}  // namespace

QString rememberedFolder(const QString& kind) {
  const QString folder = QSettings().value(kind + QStringLiteral("Folder")).toString();
  return QFileInfo(folder).isDir() ? folder : QDir::homePath();
}

void rememberFolder(const QString& kind, const QString& picked) {
  const QFileInfo file(picked);
  QSettings().setValue(kind + QStringLiteral("Folder"),
                       file.isDir() ? file.absoluteFilePath() : file.absolutePath());
}

QString withEnding(QWidget* parent, const QString& picked, const QString& ending,
                   const QStringList& endings) {
  const auto ends = [&](const QString& each) { return picked.endsWith(each); };
  if (picked.isEmpty() || std::any_of(endings.begin(), endings.end(), ends)) return picked;
  const QString path = picked + ending;
  if (!QFileInfo::exists(path)) return path;
  const auto answer = QMessageBox::question(
      parent, QStringLiteral("KV Loupe"),
      Words::tr("%1 already exists.\nDo you want to replace it?").arg(QFileInfo(path).fileName()),
      QMessageBox::Yes | QMessageBox::No, QMessageBox::No);
  return answer == QMessageBox::Yes ? path : QString();
}

}  // namespace kvloupe
